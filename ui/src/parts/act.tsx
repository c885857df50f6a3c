// Doing something that may fail, and saying how it went.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Refusal } from "../api";

const said = signal("");

export function say(text: string): void {
  said.value = text;
}

/** Read out by screen readers, and shown for a while at the foot of the page. */
export function Announcements() {
  return (
    <div class="said" role="status" aria-live="polite">
      {said.value && (
        <p>
          {said.value} <button type="button" class="plain" aria-label="Dismiss" onClick={() => (said.value = "")}>×</button>
        </p>
      )}
    </div>
  );
}

export interface Act {
  busy: boolean;
  problem: Refusal | null;
  run: () => void;
}

/** `run` does `work` unless it is being done, says `done`, and keeps what went wrong. */
export function useAct(work: () => Promise<unknown>, done?: string): Act {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal | null>(null);
  async function go(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      if (done) say(done);
    } catch (error) {
      setProblem(error as Refusal);
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, run: () => void (busy || go()) };
}

export function Failed({ problem }: { problem: Refusal | null }) {
  return problem && (
    <p class="note bad" role="alert">{problem.field ? `${problem.field}: ` : ""}{problem.message}</p>
  );
}

export function Confirm(props: { text: string; button: string; act: Act; cancel: () => void }) {
  return (
    <>
      <p>{props.text}</p>
      <Failed problem={props.act.problem} />
      <div class="buttons">
        <button type="button" onClick={props.cancel}>Cancel</button>
        <button type="button" class="danger" disabled={props.act.busy} onClick={props.act.run}>{props.button}</button>
      </div>
    </>
  );
}
