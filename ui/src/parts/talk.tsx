import { useRef, useState } from "preact/hooks";
import { ask, SILENCE, type ChatRequest, type Heard } from "../chat";
import { duration } from "../format";
import { Card } from "./page";

export interface Talking {
  busy: boolean;
  heard: Heard;
  told: [string, string][];
  send: (request: ChatRequest, key: string) => void;
  stop: () => void;
}

const TOLD = ["provider", "model", "attempts", "cache", "overhead-ms", "request-id"];

/** One conversation of one turn, as it comes. */
export function useTalk(): Talking {
  const [busy, setBusy] = useState(false);
  const [heard, setHeard] = useState<Heard>(SILENCE);
  const [told, setTold] = useState<[string, string][]>([]);
  const underWay = useRef<AbortController | null>(null);
  async function go(request: ChatRequest, key: string): Promise<void> {
    const stop = (underWay.current = new AbortController());
    const began = performance.now();
    let first: number | null = null;
    setBusy(true);
    setHeard(SILENCE);
    setTold([]);
    try {
      await ask(request, key, stop.signal, (now) => {
        if (now.text && first === null) {
          first = (performance.now() - began) / 1000;
          const wait: [string, string] = ["first token", duration(first)];
          setTold((known) => [...known, wait]);
        }
        setHeard(now);
      }, (headers) => setTold(TOLD.flatMap((name) => {
        const value = headers.get(`x-turnout-${name}`);
        return value === null ? [] : [[name.replace("-", " "), value] as [string, string]];
      })));
      setTold((known) => [...known, ["took", duration((performance.now() - began) / 1000)]]);
    } catch (error) {
      const why = stop.signal.aborted ? "stopped" : (error as Error).message;
      setHeard((known) => ({ ...known, error: why, done: true }));
    } finally {
      setBusy(false);
    }
  }
  return { busy, heard, told, send: (request, key) => void go(request, key), stop: () => underWay.current?.abort() };
}

export function Talk({ title, talk }: { title: string; talk: Talking }) {
  const { heard } = talk;
  return (
    <Card title={title || "Answer"}>
      <div class="answer" aria-live="polite" aria-busy={talk.busy} data-testid="answer">{heard.text || (talk.busy ? "…" : <span class="quiet">The answer appears here.</span>)}</div>
      {heard.tools && <pre tabIndex={0} aria-label="Tool calls">{heard.tools.trim()}</pre>}
      {heard.error && <p class="note bad" role="alert">{heard.error}</p>}
      <dl class="facts short">
        {talk.told.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}-value`} class="mono">{value}</dd>])}
        {heard.usage && [<dt key="t">tokens</dt>, <dd key="v" class="mono">{heard.usage.prompt_tokens} in, {heard.usage.completion_tokens} out</dd>]}
      </dl>
    </Card>
  );
}
