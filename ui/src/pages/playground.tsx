import { useState } from "preact/hooks";
import { examples } from "../examples";
import { Examples } from "../parts/copy";
import { Field } from "../parts/field";
import { addressFor } from "../parts/first_request";
import { useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Talk, useTalk } from "../parts/talk";
import { useRoutes } from "../parts/routes";

interface Plane {
  url: string | null;
  asks_for_keys: boolean;
}

export function Playground() {
  const routes = useRoutes();
  const plane = useLoad<Plane>("/api/playground");
  const [key, setKey] = useState("");
  const [system, setSystem] = useState("");
  const [prompt, setPrompt] = useState("Say hello in five words.");
  const [image, setImage] = useState<string | null>(null);
  const [tools, setTools] = useState("");
  const [temperature, setTemperature] = useState("");
  const [isPaired, setPaired] = useState(false);
  const [models, setModels] = useState(["", ""]);
  const first = useTalk();
  const second = useTalk();
  const chosen = models.map((model) => model || routes[0] || "");
  const send = () => {
    const request = requestOf({ system, prompt, image, tools, temperature });
    first.send({ ...request, model: chosen[0]! }, key);
    if (isPaired) second.send({ ...request, model: chosen[1]! }, key);
  };
  const problem = toolsProblem(tools);
  const choose = (place: number) => (model: string) => setModels(models.map((old, at) => (at === place ? model : old)));
  return (
    <Page title="Playground">
      {plane.data?.url === null && <p class="note warn">No data plane runs along with this control plane: start it with --role all to chat from here.</p>}
      <Card title="Ask">
        <form onSubmit={(event) => { event.preventDefault(); send(); }}>
          <div class="row">
            <Field label="Model" value={models[0]!} change={choose(0)} list={routes} hint={`Empty: ${routes[0] ?? "none yet"}`} />
            {isPaired && <Field label="Beside it" value={models[1]!} change={choose(1)} list={routes} />}
            <label class="check"><input type="checkbox" checked={isPaired} onChange={(event) => setPaired(event.currentTarget.checked)} /> two side by side</label>
            <Field label="Access key" type="password" value={key} change={setKey} hint={plane.data?.asks_for_keys ? "The data plane asks for one; it stays in this page." : "If the data plane asks for one; it stays in this page."} />
          </div>
          <Field label="Prompt" rows={4} value={prompt} change={setPrompt} required />
          <details>
            <summary>System prompt, temperature, tools, image</summary>
            <Field label="System prompt" rows={2} value={system} change={setSystem} />
            <Field label="Temperature" type="number" value={temperature} change={setTemperature} />
            <Field label="Tools" rows={4} value={tools} change={setTools} hint="JSON, as in OpenAI's API" />
            <label class="field">Image <input type="file" accept="image/*" onChange={(event) => void read(event.currentTarget.files?.[0]).then(setImage)} /></label>
          </details>
          {problem && <p class="note bad" role="alert">tools: {problem}</p>}
          <div class="buttons">
            <button type="submit" class="main" disabled={first.busy || problem !== null}>Send</button>
            {(first.busy || second.busy) && <button type="button" onClick={() => { first.stop(); second.stop(); }}>Stop</button>}
          </div>
        </form>
      </Card>
      <div class={isPaired ? "two" : ""}>
        <Talk title={chosen[0]!} talk={first} />
        {isPaired && <Talk title={chosen[1]!} talk={second} />}
      </div>
      <Card title="The same by code"><Examples label="Code" texts={examples(addressFor(plane.data?.url ?? null), chosen[0]!, prompt)} /></Card>
    </Page>
  );
}

interface Given {
  system: string;
  prompt: string;
  image: string | null;
  tools: string;
  temperature: string;
}

export function requestOf(given: Given): { messages: object[]; [more: string]: unknown } {
  const { system, prompt, image, tools, temperature } = given;
  const content = image ? [{ type: "text", text: prompt }, { type: "image_url", image_url: { url: image } }] : prompt;
  return {
    messages: [...(system ? [{ role: "system", content: system }] : []), { role: "user", content }],
    ...(tools.trim() ? { tools: JSON.parse(tools) } : {}),
    ...(temperature ? { temperature: Number(temperature) } : {}),
  };
}

function toolsProblem(text: string): string | null {
  if (!text.trim()) return null;
  try {
    return Array.isArray(JSON.parse(text)) ? null : "expected a list";
  } catch (error) {
    return (error as Error).message;
  }
}

function read(file: File | undefined): Promise<string | null> {
  if (!file) return Promise.resolve(null);
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.readAsDataURL(file);
  });
}
