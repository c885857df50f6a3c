import { useState } from "preact/hooks";
import { api, type Key } from "../api";
import { moment } from "../format";
import { Confirm, useAct } from "../parts/act";
import { Copy } from "../parts/copy";
import { Dialog } from "../parts/dialog";
import { Field } from "../parts/field";
import { IssueKey, type Issued } from "../parts/issue_key";
import { Empty, Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Pill } from "../parts/pill";
import { Table, type Column } from "../parts/table";
import { may } from "../session";

type Asked = { what: "issue" } | { what: "rotate" | "revoke"; key: Key };

export function Keys() {
  const keys = useLoad<Key[]>("/api/keys");
  const [asked, setAsked] = useState<Asked | null>(null);
  const [issued, setIssued] = useState<Issued | null>(null);
  const [wanted, setWanted] = useState("");
  const writes = may("keys.write");
  function done(told: Issued | null): void {
    setAsked(null);
    setIssued(told);
    keys.reload();
  }
  return (
    <Page title="Keys" beside={writes && <button type="button" class="main" onClick={() => setAsked({ what: "issue" })}>Issue a key</button>}>
      <Card title="Access keys">
        <Field label="Filter" type="search" value={wanted} change={setWanted} />
        <Show of={keys} empty="No access key was issued yet: those of server.access_keys in turnout.yaml are not listed here.">
          {(rows) => <Rows rows={rows.filter((row) => said(row).includes(wanted.toLowerCase()))} ask={writes ? setAsked : null} />}
        </Show>
      </Card>
      {asked?.what === "issue" && <IssueKey close={() => setAsked(null)} done={done} />}
      {asked?.what === "rotate" && <Rotate row={asked.key} close={() => setAsked(null)} done={done} />}
      {asked?.what === "revoke" && <Revoke row={asked.key} close={() => setAsked(null)} done={() => done(null)} />}
      {issued && <ShownOnce issued={issued} close={() => setIssued(null)} />}
    </Page>
  );
}

const said = (row: Key): string => [row.name, row.team, row.project, row.prefix].join(" ").toLowerCase();

function stateOf(row: Key): string {
  if (row.revoked_at) return "revoked";
  return row.expires_at && new Date(row.expires_at) < new Date() ? "expired" : "good";
}

function Rows({ rows, ask }: { rows: Key[]; ask: ((asked: Asked) => void) | null }) {
  if (rows.length === 0) return <Empty>No key is called so.</Empty>;
  const columns: Column<Key>[] = [
    { title: "Name", cell: (row) => row.name },
    { title: "State", cell: (row) => <Pill of={stateOf(row)} /> },
    { title: "Token", cell: (row) => <span class="mono">sk-to-{row.prefix}…</span> },
    { title: "Team", cell: (row) => row.team ?? "–" },
    { title: "Project", cell: (row) => row.project ?? "–" },
    { title: "May use", cell: (row) => [...row.routes, ...row.models, ...row.providers].join(", ") || "everything" },
    { title: "Issued", cell: (row) => moment(row.issued_at) },
    { title: "Expires", cell: (row) => (row.expires_at ? moment(row.expires_at) : "never") },
  ];
  if (ask) columns.push({
    title: "Do", cell: (row) => stateOf(row) === "good" && (
      <span class="buttons">
        <button type="button" aria-label={`Rotate ${row.name}`} onClick={() => ask({ what: "rotate", key: row })}>Rotate</button>
        <button type="button" class="danger" aria-label={`Revoke ${row.name}`} onClick={() => ask({ what: "revoke", key: row })}>Revoke</button>
      </span>
    ),
  });
  return <Table label="Access keys" rows={rows} keyOf={(row) => row.id} columns={columns} />;
}

interface DoingProps {
  row: Key;
  close: () => void;
  done: (issued: Issued) => void;
}

function Rotate({ row, close, done }: DoingProps) {
  const [minutes, setMinutes] = useState("60");
  const act = useAct(async () => {
    done(await api<Issued>("POST", `/api/keys/${row.id}/rotate`, { overlap_seconds: Number(minutes) * 60 }));
  }, `${row.name} has a new token.`);
  return (
    <Dialog title={`Rotate ${row.name}`} close={close}>
      <Field label="The present token stays good for, minutes" type="number" value={minutes} change={setMinutes} />
      <Confirm text="The key gets a new token, which is shown once." button="Rotate" act={act} cancel={close} />
    </Dialog>
  );
}

function Revoke({ row, close, done }: { row: Key; close: () => void; done: () => void }) {
  const act = useAct(async () => {
    await api("DELETE", `/api/keys/${row.id}`);
    done();
  }, `${row.name} is revoked.`);
  return (
    <Dialog title={`Revoke ${row.name}?`} close={close}>
      <Confirm text="Whoever uses it is refused from now on. This cannot be taken back." button="Revoke for ever" act={act} cancel={close} />
    </Dialog>
  );
}

function ShownOnce({ issued, close }: { issued: Issued; close: () => void }) {
  return (
    <Dialog title={`The token of ${issued.name}`} close={close}>
      <p>It is shown this once, and kept nowhere: copy it now.</p>
      <p class="token"><code data-testid="token">{issued.token}</code></p>
      <div class="buttons"><Copy text={issued.token} /><button type="button" class="main" onClick={close}>I have it</button></div>
    </Dialog>
  );
}
