import type { Health, Provider } from "../api";

/** The worst that any of a provider's deployments is in, in one word. */
export function stateOf(provider: Provider, health: Health[]): string {
  if (!provider.enabled) return "disabled";
  for (const state of ["open", "half_open"]) {
    if (health.some((each) => each.state === state)) return state;
  }
  return health.some((each) => each.cooling_down) ? "cooling_down" : "good";
}
