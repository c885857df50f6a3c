import { useState } from "preact/hooks";
import { api, type Health, type Provider, type Transition } from "../api";
import { clock, count, duration, moment, percent, spaced } from "../format";
import { marks, points, type Traffic } from "../live";
import { Failed, useAct } from "../parts/act";
import { Chart } from "../parts/chart";
import { Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Pill } from "../parts/pill";
import { stateOf } from "../parts/standing";
import { Table } from "../parts/table";
import { Timeline } from "../parts/timeline";
import { held, rates } from "../recent";
import { may } from "../session";

interface Probe {
  account: string;
  kind: string;
  good: boolean;
  detail: string;
  milliseconds: number;
}

export function ProviderPage({ name }: { name: string }) {
  const place = `/api/providers/${encodeURIComponent(name)}`;
  const change = `${marks.value.revision} ${marks.value.health}`;
  const provider = useLoad<Provider>(place, marks.value.revision);
  const health = useLoad<Health[]>("/api/health", change);
  const moved = useLoad<Transition[]>("/api/health/transitions?limit=300", change);
  const own = (health.data ?? []).filter((each) => each.provider === name);
  const ownMoves = (moved.data ?? []).filter((each) => own.some((row) => row.deployment === each.deployment));
  return (
    <Page title={name} beside={provider.data && <Pill of={stateOf(provider.data, own)} />}>
      <Show of={provider}>
        {(row) => (
          <>
            <Switches place={place} row={row} reload={provider.reload} />
            <Charts name={name} />
            <Card title="Circuits">
              <Timeline moves={ownMoves} deployments={own} />
              <Circuits rows={own} />
            </Card>
            <Card title="What has moved">
              <Show of={{ ...moved, data: moved.data && ownMoves }} empty="No circuit has moved, and nothing has cooled down.">
                {(rows) => <Moves rows={rows} />}
              </Show>
            </Card>
            <Models row={row} />
          </>
        )}
      </Show>
    </Page>
  );
}

function Switches({ place, row, reload }: { place: string; row: Provider; reload: () => void }) {
  const [found, setFound] = useState<Probe[]>([]);
  const word = row.enabled ? "disable" : "enable";
  const turn = useAct(async () => {
    await api("POST", `${place}/${word}`);
    reload();
  }, row.enabled ? `${row.name} gets no more requests.` : `${row.name} gets requests again.`);
  const probe = useAct(async () => setFound(await api<Probe[]>("POST", `${place}/probe`)));
  return (
    <Card title="Settings">
      <dl class="facts">
        <dt>Address</dt><dd class="mono">{row.base_url}</dd>
        <dt>Vendor, protocol</dt><dd>{row.vendor || "–"}, {spaced(row.protocol)}</dd>
        <dt>Credentials</dt><dd class="mono">{[row.credential, ...row.further_credentials].filter(Boolean).join(", ") || "none"}</dd>
        <dt>Declared in the file</dt><dd>{row.declared ? "yes" : "no"}</dd>
      </dl>
      <div class="buttons">
        {may("catalog.write") && <button type="button" class={row.enabled ? "danger" : "main"} disabled={turn.busy} onClick={turn.run}>{row.enabled ? "Disable" : "Enable"}</button>}
        {may("health.probe") && <button type="button" disabled={probe.busy} onClick={probe.run}>{probe.busy ? "Probing…" : "Probe now"}</button>}
      </div>
      <Failed problem={turn.problem ?? probe.problem} />
      <ul class="found" aria-label="What the probe found" aria-live="polite">
        {found.map((each) => (
          <li key={each.account}><Pill of={each.good ? "good" : "failed"} /> {each.account}: {each.detail || each.kind}, {duration(each.milliseconds / 1000)}</li>
        ))}
      </ul>
    </Card>
  );
}

function Charts({ name }: { name: string }) {
  const shown = points.value;
  const times = shown.map((point) => point.at);
  const value = (of: (traffic: Traffic) => number | null) =>
    held(shown, (point) => (point.providers[name] ? of(point.providers[name]) : null));
  const rate = (of: (traffic: Traffic) => number) =>
    rates(shown, (point) => (point.providers[name] ? of(point.providers[name]) : 0));
  return (
    <div class="two">
      <Card title="Latency">
        <Chart label="Latency" times={times} show={duration} lines={[
          { label: "p50", color: "--line-2", values: value((t) => t.p50) },
          { label: "p95", color: "--line-3", values: value((t) => t.p95) },
          { label: "p99", color: "--line-4", values: value((t) => t.p99) },
        ]} />
      </Card>
      <Card title="Calls and failures a second">
        <Chart label="Calls and failures a second" times={times} show={count} lines={[
          { label: "calls", color: "--line-1", values: rate((t) => t.attempts) },
          { label: "failed", color: "--line-4", values: rate((t) => t.failed) },
        ]} />
      </Card>
    </div>
  );
}

function Circuits({ rows }: { rows: Health[] }) {
  return (
    <Table label="Circuits" rows={rows} keyOf={(row) => row.deployment} columns={[
      { title: "Model", cell: (row) => row.deployment },
      { title: "Circuit", cell: (row) => <Pill of={row.state} /> },
      { title: "Asked now", cell: (row) => (row.admits ? "yes" : `no, ${spaced(row.reason ?? "")}`) },
      { title: "Until", cell: (row) => (row.until ? clock(row.until) : "–") },
      { title: "Recent calls", numeric: true, cell: (row) => count(row.calls) },
      { title: "Errors", numeric: true, cell: (row) => percent(row.error_rate) },
    ]} />
  );
}

function Moves({ rows }: { rows: Transition[] }) {
  return (
    <Table label="What has moved" rows={rows.slice(0, 50)} keyOf={(row) => `${row.at} ${row.deployment} ${row.moved}`} columns={[
      { title: "When", cell: (row) => moment(row.at) },
      { title: "Model", cell: (row) => row.deployment },
      { title: "What", cell: (row) => <Pill of={row.moved} /> },
      { title: "Why", cell: (row) => spaced(row.reason) },
      { title: "Until", cell: (row) => (row.until ? clock(row.until) : "–") },
      { title: "Seen by", cell: (row) => <span class="mono">{row.worker}</span> },
    ]} />
  );
}

function Models({ row }: { row: Provider }) {
  return (
    <Card title="Models">
      <Table label="Models" rows={row.deployments} keyOf={(each) => each.model} columns={[
        { title: "Model", cell: (each) => each.model },
        { title: "Upstream name", cell: (each) => <span class="mono">{each.upstream}</span> },
        { title: "Offers", cell: (each) => each.capabilities.map(spaced).join(", ") },
        { title: "Context", numeric: true, cell: (each) => count(each.context_window) },
        { title: "Input $/M", numeric: true, cell: (each) => each.price?.["input"] ?? "unknown" },
        { title: "Output $/M", numeric: true, cell: (each) => each.price?.["output"] ?? "unknown" },
      ]} />
    </Card>
  );
}
