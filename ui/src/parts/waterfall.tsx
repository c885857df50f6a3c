import type { RequestAnswer } from "../api";
import { duration, spaced } from "../format";

const WIDTH = 1000;

/** Attempts as bars over the request's time; the lighter part is the wait for the first token. */
export function Waterfall({ request }: { request: RequestAnswer }) {
  const whole = Math.max(request.seconds, 1e-6);
  const x = (at: number) => ((at - request.began_at) / whole) * WIDTH;
  return (
    <ol class="waterfall">
      {request.attempts.map((each) => {
        const wide = Math.max(4, (each.seconds / whole) * WIDTH);
        const wait = ((each.first_token_seconds ?? 0) / whole) * WIDTH;
        const told = `${each.provider}/${each.model}: ${each.failure ? spaced(each.failure) : each.outcome} after ${duration(each.seconds)}`;
        return (
          <li key={`${each.number} ${each.started_at}`}>
            <span>{told}</span>
            <svg viewBox={`0 0 ${WIDTH} 16`} preserveAspectRatio="none" role="img" aria-label={`${told}, begun ${duration(each.started_at - request.began_at)} in`}>
              <rect class={`bar ${each.outcome}`} x={Math.max(0, x(each.started_at))} width={wide} height="16" />
              <rect class="wait" x={Math.max(0, x(each.started_at))} width={Math.min(wide, wait)} height="16" />
            </svg>
          </li>
        );
      })}
    </ol>
  );
}
