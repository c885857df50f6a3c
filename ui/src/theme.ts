// Light, dark, or as the system has it.
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const PLACE = "turnout.theme";

function kept(): Theme {
  const found = localStorage.getItem(PLACE);
  return found === "light" || found === "dark" ? found : "system";
}

export const theme = signal<Theme>("system");

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  localStorage.setItem(PLACE, chosen);
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

export const recallTheme = (): void => chooseTheme(kept());
