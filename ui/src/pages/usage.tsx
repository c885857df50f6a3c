import { useState } from "preact/hooks";
import type { Figures, Series, Summary } from "../api";
import { count, dollars, duration, percent, spaced } from "../format";
import { Budgets } from "../parts/budgets";
import { Chart } from "../parts/chart";
import { Choice } from "../parts/field";
import { Empty, Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Table } from "../parts/table";
import { may } from "../session";

const SPANS: [string, string][] = [["1h", "the last hour"], ["24h", "the last day"], ["7d", "the last week"], ["30d", "the last 30 days"]];
const BY = ["provider", "model", "route", "key", "team", "project"] as const;
const COLORS = ["--line-1", "--line-2", "--line-3", "--line-4", "--line-5", "--line-6"];
const nanos = (amount: string): number => Number(amount) * 1e9;

export function Usage() {
  const [since, setSince] = useState("24h");
  const [by, setBy] = useState("model");
  const asked = `since=${since}&by=${by}`;
  const whole = useLoad<Summary>(`/api/analytics/summary?since=${since}`);
  const top = useLoad<Summary>(`/api/analytics/top?${asked}&measure=cost&limit=100`);
  const series = useLoad<Series>(`/api/analytics/series?${asked}`);
  return (
    <Page title="Cost and usage" beside={<a href={`/api/analytics/series.csv?${asked}`} download>Export as CSV</a>}>
      <div class="row">
        <Choice label="Time" value={since} of={SPANS} change={setSince} />
        <Choice label="By" value={by} of={BY} change={setBy} />
      </div>
      <Card title="All together">
        <Show of={whole}>{(told) => (told.rows[0] ? <Totals figures={told.rows[0].figures} span={told.until - told.since} /> : <Empty>Nothing was asked in that time.</Empty>)}</Show>
      </Card>
      <Card title={`Cost by ${by}`}>
        <Show of={series}>{(told) => <Costs told={told} />}</Show>
      </Card>
      <Card title={`Figures by ${by}`}>
        <Show of={top}>{(told) => (told.rows.length ? <Rows told={told} by={by} /> : <Empty>Nothing was asked in that time.</Empty>)}</Show>
      </Card>
      {may("keys.read") && <Budgets />}
    </Page>
  );
}

function Totals({ figures, span }: { figures: Figures; span: number }) {
  const cost = nanos(figures.cost);
  const tiles: [string, string][] = [
    ["Cost", dollars(cost)],
    ["At this rate, 30 days", dollars((cost / span) * 30 * 86_400)],
    ["Spared by the cache", dollars(nanos(figures.avoided_cost))],
    ["Requests", count(figures.requests)],
    ["Success", percent(figures.success_rate)],
    ["Saved by fallback", count(figures.saved)],
    ["Input tokens", count(figures.tokens["input_tokens"])],
    ["Output tokens", count(figures.tokens["output_tokens"])],
    ["p95", duration(figures.latency.p95)],
    ["Of unknown price", count(figures.unpriced)],
  ];
  return <dl class="tiles">{tiles.map(([name, value]) => <div class="tile" key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

function Costs({ told }: { told: Series }) {
  const lines = told.lines.slice(0, COLORS.length);
  if (lines.length === 0) return <Empty>Nothing was asked in that time.</Empty>;
  const step = told.resolution_seconds;
  const first = Math.floor(told.since / step) * step;
  const times = Array.from({ length: Math.ceil((told.until - first) / step) }, (_, place) => first + place * step);
  const drawn = lines.map((line, place) => {
    const costs = new Map(line.points.map((point) => [point.start, nanos(point.figures.cost)]));
    return { label: line.name || "none", color: COLORS[place]!, values: times.map((at) => costs.get(at) ?? 0) };
  });
  return <Chart label="Cost" times={times} lines={drawn} show={dollars} />;
}

function Rows({ told, by }: { told: Summary; by: string }) {
  return (
    <Table label={`Figures by ${by}`} rows={told.rows} keyOf={(row) => row.name ?? ""} columns={[
      { title: spaced(by), cell: (row) => row.name || "none" },
      { title: "Cost", numeric: true, cell: (row) => dollars(nanos(row.figures.cost)) },
      { title: "Requests", numeric: true, cell: (row) => count(row.figures.requests) },
      { title: "Attempts", numeric: true, cell: (row) => count(row.figures.attempts) },
      { title: "Failed", numeric: true, cell: (row) => count(row.figures.failed) },
      { title: "Input", numeric: true, cell: (row) => count(row.figures.tokens["input_tokens"]) },
      { title: "Output", numeric: true, cell: (row) => count(row.figures.tokens["output_tokens"]) },
      { title: "p50", numeric: true, cell: (row) => duration(row.figures.latency.p50) },
      { title: "p95", numeric: true, cell: (row) => duration(row.figures.latency.p95) },
      { title: "First token", numeric: true, cell: (row) => duration(row.figures.first_token.p50) },
      { title: "Spared", numeric: true, cell: (row) => dollars(nanos(row.figures.avoided_cost)) },
    ]} />
  );
}
