// What the gateway tells by itself, as it happens.
import { signal } from "@preact/signals";

export interface Traffic {
  requests: number;
  attempts: number;
  answered: number;
  failed: number;
  cached: number;
  shared: number;
  saved: number;
  tokens: number;
  cost_nanos: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  first_token: number | null;
}

export interface Point extends Traffic {
  at: number;
  seconds: number;
  providers: Record<string, Traffic>;
}

export interface Attempt {
  batch: string;
  position: number;
  at: number;
  request: string;
  number: number;
  route: string;
  key_name: string;
  team: string | null;
  provider: string;
  model: string;
  outcome: string;
  failure: string | null;
  status: number | null;
  seconds: number;
  first_token_seconds: number | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_nanos: number | null;
}

export interface Marks {
  revision: number;
  health: number;
  audit: number;
}

export const KEPT_POINTS = 600;
export const KEPT_ATTEMPTS = 500;

export const state = signal<"connecting" | "live" | "lost">("connecting");
export const points = signal<Point[]>([]);
export const attempts = signal<Attempt[]>([]);
export const marks = signal<Marks>({ revision: 0, health: 0, audit: 0 });

const SAME_MOMENT_SECONDS = 0.01;

/** Points that are known already come again when the connection is made anew. */
export function withPoints(known: Point[], told: Point[]): Point[] {
  const last = known.at(-1)?.at ?? 0;
  return [...known, ...told.filter((point) => point.at > last + SAME_MOMENT_SECONDS)].slice(-KEPT_POINTS);
}

const nameOf = (attempt: Attempt): string => `${attempt.batch}/${attempt.position}`;

/** Newest first. */
export function withAttempts(known: Attempt[], told: Attempt[]): Attempt[] {
  const names = new Set(known.map(nameOf));
  const all = [...told.filter((attempt) => !names.has(nameOf(attempt))), ...known];
  return all.sort((a, b) => b.at - a.at).slice(0, KEPT_ATTEMPTS);
}

/** Open the stream; returns what closes it. `refused` is called once it does not come back. */
export function watch(refused: () => void): () => void {
  const source = new EventSource("/api/live");
  source.onopen = () => (state.value = "live");
  source.onerror = () => {
    state.value = "lost";
    if (source.readyState === EventSource.CLOSED) refused();
  };
  source.addEventListener("marks", (event) => (marks.value = JSON.parse(event.data)));
  source.addEventListener("points", (event) => {
    points.value = withPoints(points.value, JSON.parse(event.data).points);
  });
  source.addEventListener("attempts", (event) => {
    attempts.value = withAttempts(attempts.value, JSON.parse(event.data).attempts);
  });
  return () => source.close();
}
