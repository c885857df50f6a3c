import { useState } from "preact/hooks";
import { api, type Alert, type Silence } from "../api";
import { moment, spaced } from "../format";
import { Failed, useAct } from "../parts/act";
import { AlertList, ALERT_SECONDS } from "../parts/alert_list";
import { Dialog } from "../parts/dialog";
import { Field } from "../parts/field";
import { Show, useLoad, useTick } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Pill } from "../parts/pill";
import { Table, type Column } from "../parts/table";
import { may } from "../session";

interface Delivery {
  id: string;
  channel: string;
  kind: string;
  at: number;
  tries: number;
  delivered_at: number | null;
  gave_up: boolean;
  problem: string;
}

interface Channel {
  name: string;
  kind: string;
  signed: boolean;
  severities: string[];
}

export function Alerts() {
  const tick = useTick(ALERT_SECONDS);
  const alerts = useLoad<Alert[]>("/api/alerts", tick);
  const silences = useLoad<Silence[]>("/api/silences", tick);
  const [silenced, setSilenced] = useState<Alert | null>(null);
  const writes = may("alerts.write");
  return (
    <Page title="Alerts">
      <Card title="Alerts">
        <Show of={alerts} empty="Nothing is the matter, and nothing was lately.">
          {(rows) => <AlertList rows={rows} silence={writes ? setSilenced : null} />}
        </Show>
      </Card>
      <Card title="Silences">
        <Show of={silences} empty="Nothing is silenced.">{(rows) => <Silences rows={rows} reload={silences.reload} />}</Show>
      </Card>
      <Channels />
      {silenced && <SilenceIt alert={silenced} close={() => setSilenced(null)} done={() => { silences.reload(); alerts.reload(); }} />}
    </Page>
  );
}

function SilenceIt({ alert, close, done }: { alert: Alert; close: () => void; done: () => void }) {
  const [hours, setHours] = useState("1");
  const [reason, setReason] = useState("");
  const act = useAct(async () => {
    await api("POST", "/api/silences", { rule: alert.rule, subject: alert.subject, seconds: Number(hours) * 3600, reason });
    done();
    close();
  }, "It is silenced.");
  return (
    <Dialog title={`Silence ${spaced(alert.rule)} of ${alert.subject}`} close={close}>
      <form onSubmit={(event) => { event.preventDefault(); act.run(); }}>
        <Field label="For, hours" type="number" value={hours} change={setHours} required />
        <Field label="Reason" value={reason} change={setReason} />
        <Failed problem={act.problem} />
        <div class="buttons">
          <button type="button" onClick={close}>Cancel</button>
          <button type="submit" class="main" disabled={act.busy}>Silence</button>
        </div>
      </form>
    </Dialog>
  );
}

function Silences({ rows, reload }: { rows: Silence[]; reload: () => void }) {
  const [ending, setEnding] = useState("");
  const end = useAct(async () => {
    await api("DELETE", `/api/silences/${encodeURIComponent(ending)}`);
    reload();
  }, "The silence is over.");
  const columns: Column<Silence>[] = [
    { title: "Rule", cell: (row) => (row.rule ? spaced(row.rule) : "any") },
    { title: "Of", cell: (row) => row.subject ?? "all" },
    { title: "Until", cell: (row) => moment(row.until) },
    { title: "By", cell: (row) => row.by },
    { title: "Reason", cell: (row) => row.reason || "–" },
  ];
  if (may("alerts.write")) columns.push({
    title: "Do",
    cell: (row) => ending === row.id
      ? <button type="button" class="danger" disabled={end.busy} onClick={end.run}>Really end it</button>
      : <button type="button" onClick={() => setEnding(row.id)}>End</button>,
  });
  return (
    <>
      <Table label="Silences" rows={rows} keyOf={(row) => row.id} columns={columns} />
      <Failed problem={end.problem} />
    </>
  );
}

function Channels() {
  const channels = useLoad<Channel[]>("/api/alerts/channels");
  const deliveries = useLoad<Delivery[]>("/api/alerts/deliveries?limit=50");
  return (
    <>
      <Card title="Channels">
        <Show of={channels} empty="Nobody is told: name channels under alerts in turnout.yaml.">
          {(rows) => <>{rows.map((row) => <ChannelRow key={row.name} row={row} tried={deliveries.reload} />)}</>}
        </Show>
      </Card>
      <Card title="Notices">
        <Show of={deliveries} empty="No notice was sent yet.">{(rows) => <Notices rows={rows} />}</Show>
      </Card>
    </>
  );
}

function ChannelRow({ row, tried }: { row: Channel; tried: () => void }) {
  const act = useAct(async () => {
    await api("POST", `/api/alerts/channels/${encodeURIComponent(row.name)}/test`);
    tried();
  }, `${row.name} took a test notice.`);
  return (
    <div class="head">
      <span><strong>{row.name}</strong> <span class="quiet">{row.kind}{row.signed ? ", signed" : ""} · {row.severities.join(", ")}</span></span>
      {may("alerts.write") && <button type="button" disabled={act.busy} onClick={act.run}>Send a test</button>}
      <Failed problem={act.problem} />
    </div>
  );
}

function Notices({ rows }: { rows: Delivery[] }) {
  const stateOf = (row: Delivery) => (row.delivered_at ? "done" : row.gave_up ? "failed" : "pending");
  return (
    <Table label="Notices" rows={rows} keyOf={(row) => row.id} columns={[
      { title: "When", cell: (row) => moment(row.at) },
      { title: "Channel", cell: (row) => row.channel },
      { title: "What", cell: (row) => spaced(row.kind) },
      { title: "State", cell: (row) => <Pill of={stateOf(row)} /> },
      { title: "Tries", numeric: true, cell: (row) => row.tries },
      { title: "Problem", cell: (row) => row.problem || "–" },
    ]} />
  );
}
