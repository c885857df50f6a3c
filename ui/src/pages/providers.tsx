import { Link } from "wouter-preact";
import type { Health, Provider } from "../api";
import { count, duration, percent } from "../format";
import { marks, points } from "../live";
import { Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Pill } from "../parts/pill";
import { stateOf } from "../parts/standing";
import { Table } from "../parts/table";
import { recent } from "../recent";

export function Providers() {
  const providers = useLoad<Provider[]>("/api/providers", marks.value.revision);
  const health = useLoad<Health[]>("/api/health", `${marks.value.revision} ${marks.value.health}`);
  const last = (name: string) => recent(points.value, name);
  const own = (name: string) => (health.data ?? []).filter((each) => each.provider === name);
  return (
    <Page title="Providers">
      <Card title="Providers">
        <Show of={providers} empty="No provider is configured yet: add one under ai_providers in turnout.yaml, or over the API.">
          {(rows) => (
            <Table
              label="Providers" rows={rows} keyOf={(row) => row.name}
              columns={[
                { title: "Name", cell: (row) => <Link href={`/providers/${encodeURIComponent(row.name)}`}>{row.name}</Link> },
                { title: "State", cell: (row) => <Pill of={stateOf(row, own(row.name))} /> },
                { title: "Vendor", cell: (row) => row.vendor || row.protocol },
                { title: "Models", numeric: true, cell: (row) => row.deployments.length },
                { title: "Calls /s", numeric: true, cell: (row) => count(last(row.name).attemptsPerSecond) },
                { title: "p95", numeric: true, cell: (row) => duration(last(row.name).p95) },
                { title: "Failing", numeric: true, cell: (row) => percent(last(row.name).failing) },
                { title: "Weight", numeric: true, cell: (row) => row.weight },
                { title: "Priority", numeric: true, cell: (row) => row.priority },
              ]}
            />
          )}
        </Show>
      </Card>
    </Page>
  );
}
