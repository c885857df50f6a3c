import { spaced } from "../format";

const TONES: Record<string, string> = {
  closed: "good", completed: "good", done: "good", live: "good", enabled: "good", good: "good", cached: "good", shared: "good",
  half_open: "warn", half_opened: "warn", cooled_down: "warn", abandoned: "warn", hedged: "warn", connecting: "warn", cooling_down: "warn", firing: "bad", pending: "warn",
  open: "bad", opened: "bad", failed: "bad", refused: "bad", lost: "bad", revoked: "bad", expired: "bad",
};

/** A state in a word; the colour only repeats it. */
export function Pill({ of, text }: { of: string; text?: string }) {
  return <span class={`pill ${TONES[of] ?? ""}`}>{text ?? spaced(of)}</span>;
}
