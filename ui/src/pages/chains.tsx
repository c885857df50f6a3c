import { Link } from "wouter-preact";
import type { Chain, Health } from "../api";
import { spaced } from "../format";
import { marks } from "../live";
import { Explain } from "../parts/explain";
import { Show, useLoad } from "../parts/load";
import { Card, Page } from "../parts/page";
import { Tiers } from "../parts/tiers";

export function Chains() {
  const chains = useLoad<Chain[]>("/api/chains", marks.value.revision);
  const health = useLoad<Health[]>("/api/health", `${marks.value.revision} ${marks.value.health}`);
  return (
    <Page title="Chains">
      <Explain />
      <Show of={chains} empty="No chain is configured yet: a chain names targets to fall back to, under fallback_chains in turnout.yaml or over the API.">
        {(rows) => (
          <>
            {rows.map((row) => (
              <Card key={row.name} title={row.name} beside={<Link href={`/chains/${encodeURIComponent(row.name)}`}>Open</Link>}>
                <p class="quiet">{spaced(row.strategy)} · {row.max_attempts} attempts · {row.deadline_seconds} s</p>
                <Tiers tiers={row.tiers} health={health.data ?? []} />
              </Card>
            ))}
          </>
        )}
      </Show>
    </Page>
  );
}
