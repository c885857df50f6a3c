// Who one is here, and what one may do.
import { signal } from "@preact/signals";
import { api, get, onSignedOut, Refusal, useCsrf, type Session } from "./api";

/** undefined while it is asked for, null for nobody. */
export const session = signal<Session | null | undefined>(undefined);
export const sessionProblem = signal<string | null>(null);

function became(told: Session | null): void {
  useCsrf(told?.csrf_token ?? null);
  sessionProblem.value = null;
  session.value = told;
}

onSignedOut(() => became(null));

export async function lookWhoIAm(): Promise<void> {
  try {
    became(await get<Session>("/api/session"));
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) became(null);
    else sessionProblem.value = (error as Error).message;
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  became(await api<Session>("POST", "/api/session", { name, password }));
}

export async function setUp(token: string, name: string, password: string): Promise<void> {
  await api("POST", "/api/setup", { token, name, password });
  await signIn(name, password);
}

export async function signOut(): Promise<void> {
  await api("DELETE", "/api/session");
  became(null);
}

export function may(permission: string): boolean {
  return session.value?.permissions.includes(permission) ?? false;
}
