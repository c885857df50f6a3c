import type { Health, Target } from "../api";
import { count, percent } from "../format";
import { points } from "../live";
import { recent } from "../recent";
import { Pill } from "./pill";

const providerOf = (target: string): string => target.split("/", 1)[0]!;

/** Tiers from left to right; in each, targets with their weight and what share they carry now. */
export function Tiers({ tiers, health }: { tiers: Target[][]; health: Health[] }) {
  const names = new Set(tiers.flat().map((each) => providerOf(each.target)));
  const calls = new Map([...names].map((name) => [name, recent(points.value, name).attemptsPerSecond]));
  const all = [...calls.values()].reduce((sum, each) => sum + each, 0);
  return (
    <ol class="tiers">
      {tiers.map((tier, place) => {
        const weights = tier.reduce((sum, each) => sum + each.weight, 0);
        return (
          <li key={place}>
            <h3>{place === 0 ? "First" : `Then, ${place + 1}`}</h3>
            {tier.map((each) => {
              const own = calls.get(providerOf(each.target)) ?? 0;
              return (
                <div key={each.target} class="target">
                  <div class="head"><strong>{each.target}</strong><Pill of={worst(each.target, health)} /></div>
                  <meter min={0} max={1} value={each.weight / weights} aria-label={`Weight of ${each.target}`} />
                  <small>weight {each.weight} ({percent(each.weight / weights)}) · now {count(own)} /s{all > 0 ? ` (${percent(own / all)})` : ""}</small>
                </div>
              );
            })}
          </li>
        );
      })}
    </ol>
  );
}

function worst(target: string, health: Health[]): string {
  const own = health.filter((each) => each.deployment === target || each.provider === target);
  for (const state of ["open", "half_open"]) if (own.some((each) => each.state === state)) return state;
  return own.some((each) => each.cooling_down) ? "cooling_down" : "closed";
}
