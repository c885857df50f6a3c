import { Link } from "wouter-preact";
import type { Alert, Health, Provider } from "../api";
import { count, dollars, duration, percent } from "../format";
import { attempts, marks, points, type Point } from "../live";
import { AlertList, ALERT_SECONDS } from "../parts/alert_list";
import { Chart, type Line } from "../parts/chart";
import { FirstRequest } from "../parts/first_request";
import { Show, useLoad, useTick } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Pill } from "../parts/pill";
import { Spark } from "../parts/spark";
import { stateOf } from "../parts/standing";
import { held, rates, recent, type Recent } from "../recent";

export function Overview() {
  const shown = points.value;
  const providers = useLoad<Provider[]>("/api/providers", marks.value.revision);
  const health = useLoad<Health[]>("/api/health", `${marks.value.revision} ${marks.value.health}`);
  const isNew = attempts.value.length === 0;
  return (
    <Page title="Overview">
      {isNew && <FirstRequest />}
      <Firing />
      <Tiles now={recent(shown)} points={shown} />
      <div class="two">
        <Card title="Requests a second"><Chart label="Requests a second" show={count} {...traffic(shown)} /></Card>
        <Card title="Latency"><Chart label="Latency" show={duration} {...latencies(shown)} /></Card>
      </div>
      <Card title="Providers" beside={<Link href="/providers">All of them</Link>}>
        <Show of={providers} empty="No provider is configured yet.">
          {(rows) => (
            <ul class="cards">
              {rows.map((row) => <ProviderCard key={row.name} row={row} health={health.data ?? []} points={shown} />)}
            </ul>
          )}
        </Show>
      </Card>
    </Page>
  );
}

function Firing() {
  const alerts = useLoad<Alert[]>("/api/alerts", useTick(ALERT_SECONDS));
  const firing = (alerts.data ?? []).filter((each) => each.state === "firing");
  if (firing.length === 0) return null;
  return <Card title="What is the matter" beside={<Link href="/alerts">All alerts</Link>}><AlertList rows={firing} silence={null} /></Card>;
}

function Tiles({ now, points }: { now: Recent; points: Point[] }) {
  const last = points.slice(-120);
  const rate = (of: (point: Point) => number) => rates(last, of);
  const value = (of: (point: Point) => number | null) => held(last, of).map((each) => each ?? 0);
  return (
    <dl class="tiles" aria-label="The last minute">
      <Tile name="Requests" value={count(now.perSecond)} unit="/s" line={rate((p) => p.requests)} />
      <Tile name="Success" value={percent(now.success)} line={value((p) => (p.requests ? p.answered / p.requests : null))} />
      <Tile name="p50" value={duration(now.p50)} line={value((p) => p.p50)} />
      <Tile name="p95" value={duration(now.p95)} line={value((p) => p.p95)} />
      <Tile name="p99" value={duration(now.p99)} line={value((p) => p.p99)} />
      <Tile name="First token" value={duration(now.firstToken)} line={value((p) => p.first_token)} />
      <Tile name="Tokens" value={count(now.tokensPerSecond)} unit="/s" line={rate((p) => p.tokens)} />
      <Tile name="Cost" value={dollars(now.costPerHour)} unit="/h" line={rate((p) => p.cost_nanos)} />
      <Tile name="From cache" value={percent(now.cached)} line={rate((p) => p.cached + p.shared)} />
      <Tile name="Saved by fallback" value={count(now.saved)} line={rate((p) => p.saved)} />
    </dl>
  );
}

function Tile(props: { name: string; value: string; unit?: string; line: number[] }) {
  return (
    <div class="tile">
      <dt>{props.name}</dt>
      <dd>{props.value}{props.unit && <small> {props.unit}</small>}</dd>
      <dd aria-hidden="true"><Spark values={props.line} /></dd>
    </div>
  );
}

function ProviderCard({ row, health, points }: { row: Provider; health: Health[]; points: Point[] }) {
  const own = health.filter((each) => each.provider === row.name);
  const line = rates(points.slice(-120), (point) => point.providers[row.name]?.attempts ?? 0);
  const last = recent(points, row.name);
  return (
    <li class="tile">
      <div class="head"><Link href={`/providers/${encodeURIComponent(row.name)}`}>{row.name}</Link><Pill of={stateOf(row, own)} /></div>
      <Spark values={line} />
      <small>{count(last.attemptsPerSecond)} /s · p95 {duration(last.p95)} · {percent(last.failing)} failing</small>
    </li>
  );
}

interface Drawn {
  times: number[];
  lines: Line[];
}

function traffic(points: Point[]): Drawn {
  return {
    times: points.map((point) => point.at),
    lines: [
      { label: "requests", color: "--line-1", values: rates(points, (p) => p.requests) },
      { label: "failed attempts", color: "--line-4", values: rates(points, (p) => p.failed) },
      { label: "saved", color: "--line-2", values: rates(points, (p) => p.saved) },
    ],
  };
}

function latencies(points: Point[]): Drawn {
  return {
    times: points.map((point) => point.at),
    lines: [
      { label: "p50", color: "--line-2", values: held(points, (p) => p.p50) },
      { label: "p95", color: "--line-3", values: held(points, (p) => p.p95) },
      { label: "p99", color: "--line-4", values: held(points, (p) => p.p99) },
    ],
  };
}
