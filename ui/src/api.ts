// What the control plane's API says, and how to ask it.

export interface Session {
  kind: string;
  name: string;
  role: string | null;
  permissions: string[];
  csrf_token: string | null;
}

export interface Deployment {
  model: string;
  upstream: string;
  aliases: string[];
  capabilities: string[];
  context_window: number | null;
  max_output_tokens: number | null;
  price: Record<string, string> | null;
}

export interface Provider {
  name: string;
  vendor: string;
  protocol: string;
  base_url: string;
  credential: string | null;
  further_credentials: string[];
  enabled: boolean;
  weight: number;
  priority: number;
  timeouts: Record<string, number | null>;
  circuit: Record<string, number | null>;
  declared: boolean;
  deployments: Deployment[];
}

export interface Target {
  target: string;
  weight: number;
}

export interface Chain {
  name: string;
  tiers: Target[][];
  strategy: string;
  deadline_seconds: number;
  max_attempts: number;
  on: string[] | null;
  rescue: boolean;
  declared: boolean;
}

export interface Health {
  deployment: string;
  provider: string;
  state: string;
  admits: boolean;
  cooling_down: boolean;
  reason: string | null;
  until: number | null;
  moved_at: number | null;
  calls: number;
  error_rate: number | null;
}

export interface Transition {
  at: number;
  worker: string;
  deployment: string;
  moved: string;
  reason: string;
  until: number | null;
  openings: number;
}

export interface Explained {
  model: string;
  route: string;
  strategy: string;
  revision: number;
  deadline_seconds: number | null;
  max_attempts: number | null;
  targets: {
    tier: number;
    via: string;
    provider: string;
    model: string;
    weight: number;
    why: string | null;
    health: { state: string; admits: boolean } | null;
  }[];
  dropped: { tier: number; target: string; rule: string; detail: string }[];
}

export interface Key {
  id: string;
  name: string;
  team: string | null;
  project: string | null;
  routes: string[];
  models: string[];
  providers: string[];
  networks: string[];
  prefix: string;
  issued_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  former_until: string | null;
}

export interface PastRevision {
  revision: number;
  at: string;
  changed_by: string;
  changes: { entry: string; event: string; fields: string[] }[];
}

export interface AuditLine {
  number: number;
  at: string;
  actor: { kind: string; name: string; role: string | null; address: string | null };
  command: string;
  entry: string;
  result: string;
  reason: string;
  changes: {
    entry: string;
    before: Record<string, string> | null;
    after: Record<string, string> | null;
  }[];
}

/** A refusal, in the words of the control plane. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

let csrf: string | null = null;
let whenSignedOut: () => void = () => {};

export function useCsrf(token: string | null): void {
  csrf = token;
}

export function onSignedOut(act: () => void): void {
  whenSignedOut = act;
}

export function writeHeaders(): Record<string, string> {
  return csrf === null ? {} : { "x-csrf-token": csrf };
}

/** Ask, and return what is answered; throws Refusal. */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = method === "GET" ? {} : writeHeaders();
  const init: RequestInit = { method, headers };
  if (body !== undefined) {
    init.headers = { ...headers, "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Refusal(0, "gateway.away", "the control plane cannot be reached");
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  const refusal = await refusalOf(answer);
  if (refusal.status === 401 && path !== "/api/session") whenSignedOut();
  throw refusal;
}

export async function refusalOf(answer: Response): Promise<Refusal> {
  const told = await answer.json().catch(() => null);
  const error = told?.error ?? {};
  const message = error.message ?? `the answer was ${answer.status}`;
  return new Refusal(answer.status, error.code ?? "unknown", message, error.field ?? null);
}

export const get = <T>(path: string): Promise<T> => api<T>("GET", path);

export interface AttemptAnswer {
  request: string;
  number: number;
  started_at: number;
  ended_at: number;
  seconds: number;
  first_token_seconds: number | null;
  route: string;
  key: string;
  team: string | null;
  project: string | null;
  provider: string;
  model: string;
  account: number;
  outcome: string;
  failure: string | null;
  status: number | null;
  tokens: Record<string, number> | null;
  cost: string | null;
  avoided_cost: string | null;
}

export interface AttemptsAnswer {
  attempts: AttemptAnswer[];
  next: string | null;
}

export interface RequestAnswer {
  request: string;
  began_at: number;
  ended_at: number;
  seconds: number;
  attempts: AttemptAnswer[];
}

export interface Percentiles {
  count: number;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
}

export interface Figures {
  requests: number;
  answered: number;
  success_rate: number | null;
  attempts: number;
  failed: number;
  attempt_success_rate: number | null;
  abandoned: number;
  saved: number;
  cached: number;
  shared: number;
  tokens: Record<string, number>;
  cost: string;
  avoided_cost: string;
  unpriced: number;
  failures: Record<string, number>;
  latency: Percentiles;
  first_token: Percentiles;
}

export interface Summary {
  since: number;
  until: number;
  resolution_seconds: number;
  rows: { name: string | null; figures: Figures }[];
}

export interface Series {
  since: number;
  until: number;
  resolution_seconds: number;
  lines: { name: string | null; points: { start: number; figures: Figures }[] }[];
}

export interface Alert {
  fingerprint: string;
  rule: string;
  subject: string;
  severity: string;
  state: string;
  summary: string;
  since: number;
  fired_at: number | null;
  resolved_at: number | null;
  silenced_until: number | null;
}

export interface Silence {
  id: string;
  rule: string | null;
  subject: string | null;
  until: number;
  by: string;
  reason: string;
}

export interface Budget {
  name: string;
  kind: string;
  subject: string;
  window: string;
  limit_dollars: string;
  hard: boolean;
  spent_dollars: string;
  reserved_dollars: string;
  resets_at: string;
}
