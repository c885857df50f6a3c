// A streamed chat through the control plane, and the reading of its events.
import { refusalOf, writeHeaders } from "./api";

export interface ChatRequest {
  model: string;
  messages: object[];
  [more: string]: unknown;
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
}

/** What has come so far. */
export interface Heard {
  text: string;
  tools: string;
  usage: Usage | null;
  error: string | null;
  done: boolean;
}

export const SILENCE: Heard = { text: "", tools: "", usage: null, error: null, done: false };

/** Cuts what comes into events' data; keeps the unfinished rest for the next piece. */
export class Events {
  private rest = "";

  take(piece: string): string[] {
    const blocks = (this.rest + piece).replaceAll("\r\n", "\n").split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      const data = block.split("\n").filter((line) => line.startsWith("data:"));
      return data.length ? [data.map((line) => line.slice(5).trimStart()).join("\n")] : [];
    });
  }
}

/** Add one event's data to what was heard. */
export function hear(before: Heard, data: string): Heard {
  if (data === "[DONE]") return { ...before, done: true };
  const chunk = JSON.parse(data);
  if (chunk.error) return { ...before, error: chunk.error.message ?? "it broke off", done: true };
  const delta = chunk.choices?.[0]?.delta ?? {};
  const calls = (delta.tool_calls ?? []).map((call: { function?: { name?: string; arguments?: string } }) =>
    `${call.function?.name ? `\n${call.function.name} ` : ""}${call.function?.arguments ?? ""}`);
  return {
    ...before,
    text: before.text + (delta.content ?? ""),
    tools: before.tools + calls.join(""),
    usage: chunk.usage ?? before.usage,
  };
}

/** Ask, and tell `tell` of everything that comes; returns the answer's headers. */
export async function ask(
  request: ChatRequest,
  key: string,
  stop: AbortSignal,
  tell: (heard: Heard) => void,
  begun: (headers: Headers) => void,
): Promise<void> {
  const headers: Record<string, string> = { ...writeHeaders(), "content-type": "application/json" };
  if (key) headers["x-turnout-access-key"] = key;
  const body = JSON.stringify({ ...request, stream: true, stream_options: { include_usage: true } });
  const answer = await fetch("/api/playground/chat", { method: "POST", headers, body, signal: stop });
  begun(answer.headers);
  if (!answer.ok) throw await refusalOf(answer);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events = new Events();
  let heard = SILENCE;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    for (const data of events.take(piece.value)) heard = hear(heard, data);
    tell(heard);
  }
  if (!heard.done) tell({ ...heard, error: "the answer broke off", done: true });
}
