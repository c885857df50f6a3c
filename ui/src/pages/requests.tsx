import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { AttemptsAnswer } from "../api";
import { count, dollars, duration, moment } from "../format";
import { attempts, type Attempt } from "../live";
import { Choice, Field } from "../parts/field";
import { Empty, Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Pill } from "../parts/pill";
import { Table } from "../parts/table";
import { lineOf, matches, type RequestLine } from "../request_lines";

const OUTCOMES = ["all", "completed", "failed", "abandoned", "hedged", "cached", "shared"] as const;

export function Requests() {
  const [paused, setPaused] = useState<Attempt[] | null>(null);
  const [wanted, setWanted] = useState("");
  const [outcome, setOutcome] = useState("all");
  const [searched, setSearched] = useState<string | null>(null);
  const live = (paused ?? attempts.value).map(lineOf).filter((line) => matches(line, wanted, outcome));
  return (
    <Page title="Requests" beside={<a href="/api/attempts.csv?since=24h" download>The last day as CSV</a>}>
      <Card title="Live" beside={
        <button type="button" aria-pressed={paused !== null} onClick={() => setPaused(paused ? null : attempts.value)}>{paused ? "Go on" : "Pause"}</button>
      }>
        <form class="row" role="search" onSubmit={(event) => { event.preventDefault(); setSearched(query(wanted, outcome)); }}>
          <Field label="Filter" type="search" value={wanted} change={setWanted} hint="Id, route, key, provider, model, failure" />
          <Choice label="Outcome" value={outcome} of={OUTCOMES} change={setOutcome} />
          <button type="submit">Search the last day</button>
        </form>
        {live.length === 0 ? <Empty>{wanted || outcome !== "all" ? "Nothing of late is like that." : "Nothing has been asked yet."}</Empty> : <Lines label="Live requests" rows={live.slice(0, 100)} />}
      </Card>
      {searched !== null && <Found key={searched} path={searched} />}
    </Page>
  );
}

/** `provider:NAME` and the like are asked of the ledger; a bare word is taken for a request's route. */
export function query(wanted: string, outcome: string): string {
  const asked = new URLSearchParams({ since: "24h", limit: "200" });
  for (const word of wanted.split(/\s+/).filter(Boolean)) {
    const [name, value] = word.includes(":") ? word.split(":", 2) : ["route", word];
    asked.set(name!, value!);
  }
  if (outcome !== "all") asked.set("outcome", outcome);
  return `/api/attempts?${asked}`;
}

function Found({ path }: { path: string }) {
  const found = useLoad<AttemptsAnswer>(path);
  return (
    <Card title="Found in the ledger">
      <p class="quiet">provider:NAME, model:NAME, route:NAME, key:NAME, team:NAME, failure:KIND and status:CODE may be combined; a bare word is a route.</p>
      <Show of={found}>
        {(page) => page.attempts.length === 0 ? <Empty>The last day has nothing like that.</Empty> : (
          <Lines label="Found requests" rows={page.attempts.map((each) => ({
            ...each, name: `${each.request}/${each.number}/${each.ended_at}`, at: each.ended_at,
            tokens: each.tokens && (each.tokens["input_tokens"] ?? 0) + (each.tokens["output_tokens"] ?? 0),
            cost_nanos: each.cost === null ? null : Number(each.cost) * 1e9,
          }))} />
        )}
      </Show>
    </Card>
  );
}

function Lines({ label, rows }: { label: string; rows: RequestLine[] }) {
  return (
    <Table label={label} rows={rows} keyOf={(row) => row.name} columns={[
      { title: "When", cell: (row) => moment(row.at) },
      { title: "Request", cell: (row) => <Link class="mono" href={`/requests/${encodeURIComponent(row.request)}`}>{row.request.slice(0, 14)}</Link> },
      { title: "Try", numeric: true, cell: (row) => row.number || "–" },
      { title: "Route", cell: (row) => row.route },
      { title: "Target", cell: (row) => `${row.provider}/${row.model}` },
      { title: "Key", cell: (row) => row.key },
      { title: "Outcome", cell: (row) => <Pill of={row.outcome} text={row.failure ? row.failure.replaceAll("_", " ") : undefined} /> },
      { title: "Took", numeric: true, cell: (row) => duration(row.seconds) },
      { title: "First token", numeric: true, cell: (row) => duration(row.first_token_seconds) },
      { title: "Tokens", numeric: true, cell: (row) => count(row.tokens) },
      { title: "Cost", numeric: true, cell: (row) => dollars(row.cost_nanos) },
    ]} />
  );
}
