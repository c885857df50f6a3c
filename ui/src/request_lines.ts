import type { Attempt } from "./live";

export interface RequestLine {
  name: string;
  at: number;
  request: string;
  number: number;
  route: string;
  key: string;
  provider: string;
  model: string;
  outcome: string;
  failure: string | null;
  seconds: number;
  first_token_seconds: number | null;
  tokens: number | null;
  cost_nanos: number | null;
}

export function lineOf(attempt: Attempt): RequestLine {
  const { input_tokens: input, output_tokens: output } = attempt;
  const tokens = input === null && output === null ? null : (input ?? 0) + (output ?? 0);
  return { ...attempt, name: `${attempt.batch}/${attempt.position}`, key: attempt.key_name, tokens };
}

/** Each word is somewhere in the line; `provider:x` and the like may be written too. */
export function matches(line: RequestLine, wanted: string, outcome: string): boolean {
  if (outcome !== "all" && line.outcome !== outcome) return false;
  const text = [line.request, line.route, line.key, line.provider, line.model, line.failure ?? ""].join(" ").toLowerCase();
  return wanted.toLowerCase().split(/\s+/).every((word) => text.includes(word.slice(word.indexOf(":") + 1)));
}
