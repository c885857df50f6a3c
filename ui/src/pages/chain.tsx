import { useState } from "preact/hooks";
import { api, type Chain, type Health, Refusal } from "../api";
import { spaced } from "../format";
import { marks } from "../live";
import { Failed, useAct } from "../parts/act";
import { Dialog } from "../parts/dialog";
import { Explain } from "../parts/explain";
import { Choice, Field } from "../parts/field";
import { Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Table } from "../parts/table";
import { Tiers } from "../parts/tiers";
import { may } from "../session";
import { changes, textOf, tiersOf, type Change } from "../tier_text";

const STRATEGIES = ["weighted", "least_in_flight", "fastest", "cheapest", "headroom", "sticky"];

export function ChainPage({ name }: { name: string }) {
  const place = `/api/chains/${encodeURIComponent(name)}`;
  const chain = useLoad<Chain>(place, marks.value.revision);
  const health = useLoad<Health[]>("/api/health", `${marks.value.revision} ${marks.value.health}`);
  const [isEdited, setEdited] = useState(false);
  return (
    <Page title={name} beside={may("catalog.write") && <button type="button" onClick={() => setEdited(true)}>Edit</button>}>
      <Show of={chain}>
        {(row) => (
          <>
            <Card title="Tiers">
              <p class="quiet">{spaced(row.strategy)} · at most {row.max_attempts} attempts within {row.deadline_seconds} s · rescue of cut streams {row.rescue ? "on" : "off"}{row.declared ? " · declared in the file" : ""}</p>
              <Tiers tiers={row.tiers} health={health.data ?? []} />
            </Card>
            {isEdited && <Edit row={row} place={place} close={() => setEdited(false)} saved={chain.reload} />}
          </>
        )}
      </Show>
      <Explain model={name} />
    </Page>
  );
}

function Edit(props: { row: Chain; place: string; close: () => void; saved: () => void }) {
  const { row } = props;
  const [tiers, setTiers] = useState(textOf(row.tiers));
  const [strategy, setStrategy] = useState(row.strategy);
  const [deadline, setDeadline] = useState(String(row.deadline_seconds));
  const [attempts, setAttempts] = useState(String(row.max_attempts));
  const before = { tiers: textOf(row.tiers), strategy: row.strategy, deadline_seconds: row.deadline_seconds, max_attempts: row.max_attempts };
  const after = { tiers: tiers.trim(), strategy, deadline_seconds: Number(deadline), max_attempts: Number(attempts) };
  const changed = changes(before, after);
  const act = useAct(async () => {
    const patch: Record<string, unknown> = {};
    for (const { field } of changed) patch[field] = after[field as keyof typeof after];
    if ("tiers" in patch) patch["tiers"] = parsed(tiers);
    await api("PATCH", props.place, patch);
    props.saved();
    props.close();
  }, `${row.name} is changed.`);
  const known = STRATEGIES.includes(row.strategy) ? STRATEGIES : [row.strategy, ...STRATEGIES];
  return (
    <Dialog title={`Edit ${row.name}`} close={props.close}>
      <form onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <Field label="Tiers" rows={5} value={tiers} change={setTiers} hint="A tier a line, tried from top to bottom; targets with commas between, *3 for a weight." />
        <Choice label="Strategy" value={strategy} of={known.map((each) => [each, spaced(each)] as [string, string])} change={setStrategy} />
        <Field label="Deadline, seconds" type="number" value={deadline} change={setDeadline} />
        <Field label="Most attempts" type="number" value={attempts} change={setAttempts} />
        <Difference rows={changed} />
        <Failed problem={act.problem} />
        <div class="buttons">
          <button type="button" onClick={props.close}>Cancel</button>
          <button type="submit" class="main" disabled={act.busy || changed.length === 0}>Save</button>
        </div>
      </form>
    </Dialog>
  );
}

function parsed(text: string) {
  try {
    return tiersOf(text);
  } catch (error) {
    throw new Refusal(0, "chain.text", (error as Error).message, "tiers");
  }
}

function Difference({ rows }: { rows: Change[] }) {
  if (rows.length === 0) return <p class="note">Nothing is changed yet.</p>;
  return (
    <Table label="What would change" rows={rows} keyOf={(row) => row.field} columns={[
      { title: "Field", cell: (row) => spaced(row.field) },
      { title: "Now", cell: (row) => <del class="mono">{row.before}</del> },
      { title: "Then", cell: (row) => <ins class="mono">{row.after}</ins> },
    ]} />
  );
}
