import type { Health, Transition } from "../api";
import { clock } from "../format";

export const SHOWN_SECONDS = 3600;

export interface Span {
  deployment: string;
  kind: "open" | "cooling";
  from: number;
  to: number;
}

/** When which circuit was open or cooling down, from transitions in any order. */
export function spansOf(moves: Transition[], now: number): Span[] {
  const spans: Span[] = [];
  const open = new Map<string, number>();
  for (const move of [...moves].sort((a, b) => a.at - b.at)) {
    const since = open.get(move.deployment);
    if (move.moved === "cooled_down") {
      spans.push({ deployment: move.deployment, kind: "cooling", from: move.at, to: Math.min(move.until ?? now, now) });
    } else if (move.moved === "opened" && since === undefined) {
      open.set(move.deployment, move.at);
    } else if (move.moved === "closed" && since !== undefined) {
      spans.push({ deployment: move.deployment, kind: "open", from: since, to: move.at });
      open.delete(move.deployment);
    }
  }
  for (const [deployment, from] of open) spans.push({ deployment, kind: "open", from, to: now });
  return spans;
}

/** The last hour of each circuit as a bar. */
export function Timeline({ moves, deployments }: { moves: Transition[]; deployments: Health[] }) {
  const now = Date.now() / 1000;
  const start = now - SHOWN_SECONDS;
  const spans = spansOf(moves, now).filter((span) => span.to > start);
  const x = (at: number) => (Math.max(0, at - start) / SHOWN_SECONDS) * 1000;
  return (
    <div class="timeline">
      {deployments.map((row) => {
        const own = spans.filter((span) => span.deployment === row.deployment);
        const told = own.map((span) => `${span.kind} from ${clock(span.from)} to ${clock(span.to)}`).join("; ");
        return (
          <div key={row.deployment}>
            <span class="mono">{row.deployment}</span>
            <svg viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label={`${row.deployment}, the last hour: ${told || "closed"}`}>
              <rect class="closed" width="1000" height="14" rx="2" />
              {own.map((span) => <rect key={span.from} class={span.kind} x={x(span.from)} width={Math.max(3, x(span.to) - x(span.from))} height="14" />)}
            </svg>
          </div>
        );
      })}
      <p class="quiet">The last hour: <span class="key closed" /> closed <span class="key open" /> open <span class="key cooling" /> cooling down</p>
    </div>
  );
}
