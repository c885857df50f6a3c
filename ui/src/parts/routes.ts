import type { Chain, Provider } from "../api";
import { marks } from "../live";
import { useLoad } from "./load";

/** What a request's `model` may say: chains first. */
export function useRoutes(): string[] {
  const chains = useLoad<Chain[]>("/api/chains", marks.value.revision);
  const providers = useLoad<Provider[]>("/api/providers", marks.value.revision);
  const models = (providers.data ?? []).flatMap((provider) => provider.deployments.map((each) => `${provider.name}/${each.model}`));
  return [...(chains.data ?? []).map((chain) => chain.name), ...models];
}
