// Chains as people type them: a tier a line, targets with commas between, `*3` for a weight.
import type { Target } from "./api";

export function textOf(tiers: Target[][]): string {
  const target = (each: Target) => (each.weight === 1 ? each.target : `${each.target}*${each.weight}`);
  return tiers.map((tier) => tier.map(target).join(", ")).join("\n");
}

/** Throws an Error that names the line. */
export function tiersOf(text: string): Target[][] {
  const lines = text.split("\n").map((line, place) => ({ line: line.trim(), number: place + 1 }));
  return lines.filter(({ line }) => line).map(({ line, number }) => {
    return line.split(",").map((part) => targetOf(part.trim(), number));
  });
}

function targetOf(part: string, line: number): Target {
  const found = /^([^\s*]+)(?:\s*\*\s*(\d+))?$/.exec(part);
  if (!found) throw new Error(`line ${line}: found "${part}", expected PROVIDER, PROVIDER/MODEL or one of these with *WEIGHT`);
  return { target: found[1]!, weight: Number(found[2] ?? 1) };
}

export interface Change {
  field: string;
  before: string;
  after: string;
}

/** Which fields differ, as text. */
export function changes(before: object, after: object): Change[] {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const old = before as Record<string, unknown>;
  return Object.entries(after)
    .map(([field, value]) => ({ field, before: text(old[field]), after: text(value) }))
    .filter((change) => change.before !== change.after);
}
