import { useState } from "preact/hooks";
import { get, type Explained } from "../api";
import { count, spaced } from "../format";
import { Failed, useAct } from "./act";
import { Field } from "./field";
import { Card } from "./page";
import { Pill } from "./pill";
import { Table } from "./table";
import { useRoutes } from "./routes";

/** Where would this request go, and why? */
export function Explain({ model: known = "" }: { model?: string }) {
  const routes = useRoutes();
  const [model, setModel] = useState(known);
  const [needs, setNeeds] = useState("");
  const [tokens, setTokens] = useState("");
  const [stream, setStream] = useState(false);
  const [told, setTold] = useState<Explained>();
  const act = useAct(async () => {
    const query = new URLSearchParams({ model, needs, stream: String(stream), input_tokens: tokens || "0" });
    setTold(await get<Explained>(`/api/routes/explain?${query}`));
  });
  return (
    <Card title="Where would a request go, and why?">
      <form class="row" onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <Field label="Model" value={model} change={setModel} list={routes} required />
        <Field label="Needs" value={needs} change={setNeeds} list={["tools", "vision", "json_schema", "embeddings"]} />
        <Field label="Input tokens" value={tokens} change={setTokens} type="number" />
        <label class="check"><input type="checkbox" checked={stream} onChange={(event) => setStream(event.currentTarget.checked)} /> streaming</label>
        <button type="submit" class="main" disabled={act.busy}>Explain</button>
      </form>
      <Failed problem={act.problem} />
      {told && !act.problem && <Answer told={told} />}
    </Card>
  );
}

function Answer({ told }: { told: Explained }) {
  return (
    <div aria-live="polite">
      <p>Route <strong>{told.route}</strong>, {spaced(told.strategy)}, revision {told.revision}{told.max_attempts ? `, at most ${told.max_attempts} attempts` : ""}{told.deadline_seconds ? ` within ${told.deadline_seconds} s` : ""}.</p>
      <Table label="Targets in their order" rows={told.targets.map((each, place) => ({ ...each, place }))} keyOf={(each) => each.place} columns={[
        { title: "Turn", numeric: true, cell: (each) => each.place + 1 },
        { title: "Tier", numeric: true, cell: (each) => each.tier + 1 },
        { title: "Target", cell: (each) => `${each.provider}/${each.model}` },
        { title: "By", cell: (each) => each.via },
        { title: "Weight", numeric: true, cell: (each) => count(each.weight) },
        { title: "Circuit", cell: (each) => (each.health ? <Pill of={each.health.state} /> : "–") },
        { title: "Why then", cell: (each) => each.why ?? "–" },
      ]} />
      {told.dropped.length > 0 && (
        <Table label="Left out" rows={told.dropped} keyOf={(each) => `${each.tier} ${each.target}`} columns={[
          { title: "Left out", cell: (each) => each.target },
          { title: "Rule", cell: (each) => spaced(each.rule) },
          { title: "Why", cell: (each) => each.detail },
        ]} />
      )}
    </div>
  );
}
