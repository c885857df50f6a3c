import { Link } from "wouter-preact";
import type { AttemptAnswer, RequestAnswer } from "../api";
import { count, duration, moment, spaced } from "../format";
import { Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Pill } from "../parts/pill";
import { Table } from "../parts/table";
import { Waterfall } from "../parts/waterfall";

export function RequestPage({ id }: { id: string }) {
  const request = useLoad<RequestAnswer>(`/api/requests/${encodeURIComponent(id)}`);
  return (
    <Page title="One request" beside={<Link href="/requests">All requests</Link>}>
      <Show of={request}>
        {(told) => (
          <>
            <Card title="Attempts, as they went">
              <p><span class="mono">{told.request}</span>: began {moment(told.began_at)}, took {duration(told.seconds)}</p>
              <Waterfall request={told} />
            </Card>
            <Card title="Each attempt">
              <Table label="Attempts" rows={told.attempts} keyOf={(each) => `${each.number} ${each.started_at}`} columns={COLUMNS} />
            </Card>
          </>
        )}
      </Show>
    </Page>
  );
}

const tokens = (each: AttemptAnswer): string =>
  Object.entries(each.tokens ?? {}).filter(([, many]) => many > 0).map(([kind, many]) => `${count(many)} ${spaced(kind.replace("_tokens", ""))}`).join(", ") || "not told";

const COLUMNS = [
  { title: "Try", numeric: true, cell: (each: AttemptAnswer) => each.number || "none" },
  { title: "Target", cell: (each: AttemptAnswer) => `${each.provider}/${each.model}` },
  { title: "Account", numeric: true, cell: (each: AttemptAnswer) => each.account },
  { title: "Outcome", cell: (each: AttemptAnswer) => <Pill of={each.outcome} /> },
  { title: "Why", cell: (each: AttemptAnswer) => (each.failure ? spaced(each.failure) : "–") },
  { title: "Status", numeric: true, cell: (each: AttemptAnswer) => each.status ?? "–" },
  { title: "First token", numeric: true, cell: (each: AttemptAnswer) => duration(each.first_token_seconds) },
  { title: "Took", numeric: true, cell: (each: AttemptAnswer) => duration(each.seconds) },
  { title: "Tokens", cell: tokens },
  { title: "Cost", numeric: true, cell: (each: AttemptAnswer) => (each.cost === null ? "unknown" : `$${each.cost}`) },
  { title: "Key", cell: (each: AttemptAnswer) => each.key },
];
