import { expect, test } from "vitest";
import { Events, hear, SILENCE } from "../src/chat";
import { withAttempts, withPoints, type Attempt, type Point } from "../src/live";
import { held, rates, recent } from "../src/recent";
import { lineOf, matches } from "../src/request_lines";
import { query } from "../src/pages/requests";
import { spansOf } from "../src/parts/timeline";

function point(at: number, more: Partial<Point> = {}): Point {
  const none = { requests: 0, attempts: 0, answered: 0, failed: 0, cached: 0, shared: 0, saved: 0, tokens: 0, cost_nanos: 0 };
  return { at, seconds: 1, ...none, p50: null, p95: null, p99: null, first_token: null, providers: {}, ...more };
}

const attempt = (position: number, at: number): Attempt => ({
  batch: "9007199254740993", position, at, request: `r${position}`, number: 1, route: "main", key_name: "app", team: null,
  provider: "north", model: "sim", outcome: "failed", failure: "overloaded", status: 503, seconds: 1,
  first_token_seconds: null, input_tokens: 3, output_tokens: null, cost_nanos: null,
});

test("what comes again after the connection broke is not there twice", () => {
  expect(withPoints([point(1), point(2)], [point(2), point(3)]).map((each) => each.at)).toEqual([1, 2, 3]);
  const known = withAttempts([], [attempt(1, 10), attempt(2, 20)]);
  expect(withAttempts(known, [attempt(2, 20), attempt(3, 15)]).map((each) => each.position)).toEqual([2, 3, 1]);
});

test("the last minute is added up, and no more", () => {
  const points = [point(1, { requests: 99 }), point(100, { requests: 4, answered: 3, p50: 0.2, attempts: 9 }), point(101, { p50: 9, attempts: 1 })];
  const told = recent(points);
  expect([told.perSecond, told.success, told.p50]).toEqual([2, 0.75, 0.2]);
  expect(recent(points, "north").failing).toBeNull();
});

test("rates are smoothed, and a value holds for a moment only", () => {
  const points = [point(1, { requests: 8, p50: 1 }), point(2), point(3, { requests: 4 }), point(10, { requests: 2 }), point(11, { p50: 3 })];
  expect(rates(points, (each) => each.requests)).toEqual([8, 4, 4, 2, 1]);
  expect(held(points, (each) => each.p50)).toEqual([1, 1, 1, null, 3]);
});

test("lines are found by any word, also with its name", () => {
  const line = lineOf(attempt(1, 1));
  expect(line.tokens).toBe(3);
  expect(matches(line, "", "all")).toBe(true);
  expect(matches(line, "failure:overloaded NORTH", "failed")).toBe(true);
  expect([matches(line, "south", "all"), matches(line, "", "completed")]).toEqual([false, false]);
});

test("what is searched for is asked of the ledger", () => {
  expect(query("provider:north main", "failed")).toBe("/api/attempts?since=24h&limit=200&provider=north&route=main&outcome=failed");
});

test("circuits' spans come from their moves", () => {
  const move = (at: number, moved: string, until: number | null = null) =>
    ({ at, moved, until, worker: "w", deployment: "a/m", reason: "strikes", openings: 0 });
  const spans = spansOf([move(9, "opened"), move(5, "closed"), move(2, "opened"), move(3, "cooled_down", 4)], 12);
  expect(spans.map((span) => [span.kind, span.from, span.to])).toEqual([["cooling", 3, 4], ["open", 2, 5], ["open", 9, 12]]);
});

test("a stream is read whatever its pieces are", () => {
  const events = new Events();
  const stream = ': ping\n\ndata: {"choices":[{"delta":{"content":"Hé"}}]}\r\n\r\ndata: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\ndata: [DONE]\n\n';
  const data = [...stream].flatMap((letter) => events.take(letter));
  const heard = data.reduce(hear, SILENCE);
  expect(heard).toEqual({ text: "Hé", tools: "", usage: { prompt_tokens: 1, completion_tokens: 2 }, error: null, done: true });
});

test("a stream that breaks says so, and tool calls are put together", () => {
  const call = (part: object) => JSON.stringify({ choices: [{ delta: { tool_calls: [{ index: 0, function: part }] } }] });
  const heard = [call({ name: "weather", arguments: "{" }), call({ arguments: "}" }), '{"error":{"message":"cut"}}'].reduce(hear, SILENCE);
  expect([heard.tools, heard.error, heard.done]).toEqual(["\nweather {}", "cut", true]);
});
