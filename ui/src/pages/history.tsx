import { useState } from "preact/hooks";
import { api, type PastRevision } from "../api";
import { moment, spaced } from "../format";
import { marks } from "../live";
import { Confirm, useAct } from "../parts/act";
import { Dialog } from "../parts/dialog";
import { Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Table, type Column } from "../parts/table";
import { may } from "../session";

interface Status {
  revision: number;
  watching: boolean;
  files: string[];
  applied_at: string | null;
  last_error: { at: string; faults: string[] } | null;
  needs_restart: string[];
}

export function History() {
  const status = useLoad<Status>("/api/configuration/status", marks.value.revision);
  const past = useLoad<PastRevision[]>("/api/configuration/history", marks.value.revision);
  const [back, setBack] = useState<PastRevision | null>(null);
  return (
    <Page title="Configuration">
      <Card title="In force"><Show of={status}>{(told) => <InForce told={told} />}</Show></Card>
      <Card title="History">
        <Show of={past} empty="Nothing has been stored yet.">
          {(rows) => <Rows rows={rows} ask={may("catalog.write") ? setBack : null} />}
        </Show>
      </Card>
      {back && <RollBack to={back} newer={(past.data ?? []).filter((each) => each.revision > back.revision)} close={() => setBack(null)} done={past.reload} />}
    </Page>
  );
}

function InForce({ told }: { told: Status }) {
  const error = told.last_error;
  const isBad = error !== null && (told.applied_at === null || error.at > told.applied_at);
  return (
    <>
      <dl class="facts">
        <dt>Revision</dt><dd>{told.revision}</dd>
        <dt>File last taken over</dt><dd>{moment(told.applied_at)}</dd>
        <dt>Followed for changes</dt><dd class="mono">{told.watching ? told.files.join(", ") : "no"}</dd>
      </dl>
      {isBad && <div class="note bad" role="alert"><p>The file changed {moment(error.at)} and is not in force:</p><ul>{error.faults.map((each) => <li key={each}>{each}</li>)}</ul></div>}
      {told.needs_restart.length > 0 && <p class="note warn">A restart is needed for {told.needs_restart.join(", ")}.</p>}
    </>
  );
}

const happened = (event: string): string => event.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

const changesOf = (row: PastRevision) => (
  <ul class="plain">
    {row.changes.map((each) => (
      <li key={each.entry}><span class="mono">{each.entry}</span> {happened(each.event)}{each.fields.length > 0 && `: ${each.fields.map(spaced).join(", ")}`}</li>
    ))}
  </ul>
);

function Rows({ rows, ask }: { rows: PastRevision[]; ask: ((row: PastRevision) => void) | null }) {
  const columns: Column<PastRevision>[] = [
    { title: "Revision", numeric: true, cell: (row) => row.revision },
    { title: "When", cell: (row) => moment(row.at) },
    { title: "By", cell: (row) => row.changed_by },
    { title: "What changed", cell: changesOf },
  ];
  if (ask) columns.push({
    title: "Do", cell: (row) => row !== rows[0] && <button type="button" aria-label={`Roll back to ${row.revision}`} onClick={() => ask(row)}>Roll back</button>,
  });
  return <Table label="Revisions" rows={rows} keyOf={(row) => row.revision} columns={columns} />;
}

function RollBack(props: { to: PastRevision; newer: PastRevision[]; close: () => void; done: () => void }) {
  const act = useAct(async () => {
    await api("POST", "/api/configuration/rollback", { revision: props.to.revision });
    props.done();
    props.close();
  }, `Providers and chains are as of revision ${props.to.revision} again.`);
  return (
    <Dialog title={`Roll back to revision ${props.to.revision}?`} close={props.close}>
      <p>These changes are taken back:</p>
      {props.newer.map((row) => <div key={row.revision}><strong>{row.revision}</strong>{changesOf(row)}</div>)}
      <Confirm text="Providers and chains become what they were; it is stored as a new revision." button="Roll back" act={act} cancel={props.close} />
    </Dialog>
  );
}
