// The last minute, out of live points.
import type { Point, Traffic } from "./live";

export const RECENT_SECONDS = 60;

export interface Recent {
  perSecond: number;
  attemptsPerSecond: number;
  success: number | null;
  failing: number | null;
  cached: number | null;
  saved: number;
  tokensPerSecond: number;
  costPerHour: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  firstToken: number | null;
}

/** Sums are exact; percentiles are the median of those of the single points, weighed by calls. */
export function recent(points: Point[], provider?: string): Recent {
  const end = points.at(-1)?.at ?? 0;
  const last = points.filter((point) => point.at > end - RECENT_SECONDS);
  const seconds = last.reduce((sum, point) => sum + point.seconds, 0) || 1;
  const traffic = last.flatMap((point): Traffic[] => {
    const own = provider === undefined ? point : point.providers[provider];
    return own ? [own] : [];
  });
  const sum = (of: (each: Traffic) => number) => traffic.reduce((total, each) => total + of(each), 0);
  const requests = sum((each) => each.requests);
  const calls = sum((each) => each.attempts);
  return {
    perSecond: requests / seconds,
    attemptsPerSecond: calls / seconds,
    success: requests ? Math.min(1, sum((each) => each.answered) / requests) : null,
    failing: calls ? sum((each) => each.failed) / calls : null,
    cached: requests ? sum((each) => each.cached + each.shared) / requests : null,
    saved: sum((each) => each.saved),
    tokensPerSecond: sum((each) => each.tokens) / seconds,
    costPerHour: (sum((each) => each.cost_nanos) / seconds) * 3600,
    p50: weighed(traffic, (each) => each.p50),
    p95: weighed(traffic, (each) => each.p95),
    p99: weighed(traffic, (each) => each.p99),
    firstToken: weighed(traffic, (each) => each.first_token),
  };
}

function weighed(traffic: Traffic[], of: (each: Traffic) => number | null): number | null {
  const values = traffic
    .flatMap((each) => {
      const value = of(each);
      return value === null ? [] : [{ value, weight: Math.max(1, each.attempts) }];
    })
    .sort((a, b) => a.value - b.value);
  let left = values.reduce((total, each) => total + each.weight, 0) / 2;
  return values.find((each) => (left -= each.weight) <= 0)?.value ?? null;
}

/** Workers tell of what they did once a second or so: single points would jump between 0 and twice. */
export const SMOOTHED_SECONDS = 3;

/** What `of` counts a second, at each point, over the last few seconds. */
export function rates(points: Point[], of: (point: Point) => number): number[] {
  let first = 0;
  let sum = 0;
  let seconds = 0;
  return points.map((point) => {
    sum += of(point);
    seconds += point.seconds;
    for (let old = points[first]!; old.at < point.at - SMOOTHED_SECONDS; old = points[++first]!) {
      sum -= of(old);
      seconds -= old.seconds;
    }
    return sum / seconds;
  });
}

/** A value holds for a few seconds, or until the next one; after that there is none. */
export function held(points: Point[], of: (point: Point) => number | null): (number | null)[] {
  let last: number | null = null;
  let until = 0;
  return points.map((point) => {
    const value = of(point);
    if (value !== null) {
      last = value;
      until = point.at + Math.max(SMOOTHED_SECONDS, point.seconds);
    }
    return point.at <= until ? last : null;
  });
}
