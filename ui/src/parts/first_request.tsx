import { useState } from "preact/hooks";
import type { Chain } from "../api";
import { Examples } from "./copy";
import { useLoad } from "./load";
import { Card } from "./page";
import { examples } from "../examples";

/** What to do with an installation that nobody has asked anything yet. */
export function FirstRequest() {
  const plane = useLoad<{ url: string | null; asks_for_keys: boolean }>("/api/playground");
  const chains = useLoad<Chain[]>("/api/chains");
  const [isOpen, setOpen] = useState(true);
  if (!isOpen || !plane.data || !chains.data) return null;
  const address = addressFor(plane.data.url);
  const model = chains.data[0]?.name ?? "PROVIDER/MODEL";
  return (
    <Card title="Make the first request" beside={<button type="button" class="plain" onClick={() => setOpen(false)}>Hide</button>}>
      <p>Nothing has been asked yet. Any client of OpenAI's API does; <code>model</code> is a chain, a model, or <code>provider/model</code>.</p>
      <Examples label="First request" texts={examples(address, model, "Say hello in five words.")} />
    </Card>
  );
}

/** The data plane as this browser reaches it: the same host, another port. */
export function addressFor(url: string | null): string {
  if (url === null) return "http://localhost:8080";
  const parsed = new URL(url);
  return `${parsed.protocol}//${location.hostname}:${parsed.port}`;
}
