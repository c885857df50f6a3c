import { useState } from "preact/hooks";
import { get, type AuditLine } from "../api";
import { moment, spaced } from "../format";
import { marks } from "../live";
import { Failed, useAct } from "../parts/act";
import { Field } from "../parts/field";
import { Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Pill } from "../parts/pill";
import { Table } from "../parts/table";

interface Answer {
  lines: AuditLine[];
  next_before: number | null;
}

export function Audit() {
  const newest = useLoad<Answer>("/api/audit?limit=100", marks.value.audit);
  const [older, setOlder] = useState<AuditLine[]>([]);
  const [wanted, setWanted] = useState("");
  const [end, setEnd] = useState(false);
  const more = useAct(async () => {
    const oldest = older.at(-1) ?? newest.data?.lines.at(-1);
    const told = await get<Answer>(`/api/audit?limit=100&before=${oldest?.number ?? 1}`);
    setOlder([...older, ...told.lines]);
    setEnd(told.next_before === null);
  });
  return (
    <Page title="Audit log">
      <Card title="Who did what">
        <Field label="Filter" type="search" value={wanted} change={setWanted} />
        <Show of={newest}>
          {(told) => (
            <>
              <Lines rows={joined(told.lines, older).filter((line) => said(line).includes(wanted.toLowerCase()))} />
              {told.next_before !== null && !end && <button type="button" disabled={more.busy} onClick={more.run}>Older lines</button>}
              <Failed problem={more.problem} />
            </>
          )}
        </Show>
      </Card>
    </Page>
  );
}

const joined = (newest: AuditLine[], older: AuditLine[]): AuditLine[] => {
  const last = newest.at(-1)?.number ?? 0;
  return [...newest, ...older.filter((line) => line.number < last)];
};

const said = (line: AuditLine): string =>
  [line.actor.name, line.actor.kind, line.command, line.entry, line.result].join(" ").toLowerCase();

function Lines({ rows }: { rows: AuditLine[] }) {
  return (
    <Table label="Audit log" rows={rows} keyOf={(line) => line.number} columns={[
      { title: "No.", numeric: true, cell: (line) => line.number },
      { title: "When", cell: (line) => moment(line.at) },
      { title: "Who", cell: (line) => `${line.actor.name} (${line.actor.role ?? line.actor.kind})` },
      { title: "From", cell: (line) => <span class="mono">{line.actor.address ?? "–"}</span> },
      { title: "Did", cell: (line) => spaced(line.command) },
      { title: "To", cell: (line) => <span class="mono">{line.entry}</span> },
      { title: "Result", cell: (line) => <Pill of={line.result} /> },
      { title: "Changes", cell: changes },
    ]} />
  );
}

function changes(line: AuditLine) {
  if (line.changes.length === 0) return line.reason || "–";
  return (
    <details>
      <summary>{line.changes.length === 1 ? "1 entry" : `${line.changes.length} entries`}</summary>
      {line.changes.map((each) => (
        <div key={each.entry}>
          <span class="mono">{each.entry}</span>
          <ul class="plain">
            {[...new Set([...Object.keys(each.before ?? {}), ...Object.keys(each.after ?? {})])].map((field) => (
              <li key={field}>{spaced(field)}: <del class="mono">{each.before?.[field]}</del> <ins class="mono">{each.after?.[field]}</ins></li>
            ))}
          </ul>
        </div>
      ))}
    </details>
  );
}
