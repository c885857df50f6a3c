import type { Alert } from "../api";
import { clock, moment, spaced } from "../format";
import { Pill } from "./pill";
import { Table, type Column } from "./table";

export const ALERT_SECONDS = 5;

export function AlertList({ rows, silence }: { rows: Alert[]; silence: ((row: Alert) => void) | null }) {
  const columns: Column<Alert>[] = [
    { title: "State", cell: (row) => <Pill of={row.state} /> },
    { title: "Severity", cell: (row) => row.severity },
    { title: "Rule", cell: (row) => spaced(row.rule) },
    { title: "Of", cell: (row) => <span class="mono">{row.subject}</span> },
    { title: "What is the matter", cell: (row) => row.summary },
    { title: "Since", cell: (row) => moment(row.fired_at ?? row.since) },
    { title: "Silenced until", cell: (row) => (row.silenced_until ? clock(row.silenced_until) : "–") },
  ];
  if (silence) columns.push({
    title: "Do", cell: (row) => row.state !== "resolved" && <button type="button" aria-label={`Silence ${row.rule} of ${row.subject}`} onClick={() => silence(row)}>Silence</button>,
  });
  return <Table label="Alerts" rows={rows} keyOf={(row) => row.fingerprint} columns={columns} />;
}
