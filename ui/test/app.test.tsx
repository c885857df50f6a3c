import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { App } from "../src/app";
import { session } from "../src/session";

const ANSWERS: Record<string, unknown> = {
  "/api/providers": [],
  "/api/chains": [],
  "/api/health": [],
  "/api/playground": { url: "http://127.0.0.1:8080", asks_for_keys: false },
};
let who: object | null;
let asked: [string, string][];

function answer(path: string, init?: RequestInit): Promise<Response> {
  asked.push([init?.method ?? "GET", path]);
  if (path === "/api/session") {
    return Promise.resolve(who ? Response.json(who) : Response.json({ error: { code: "access.denied", message: "no" } }, { status: 401 }));
  }
  return Promise.resolve(Response.json(ANSWERS[path] ?? {}));
}

class SilentSource {
  static CLOSED = 2;
  addEventListener(): void {}
  close(): void {}
}

beforeEach(() => {
  session.value = undefined;
  asked = [];
  location.hash = "/";
  vi.stubGlobal("fetch", answer);
  vi.stubGlobal("EventSource", SilentSource);
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("nobody is asked to sign in", async () => {
  who = null;
  render(<App />);
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
  fireEvent.click(screen.getByText("Set up the first admin"));
  expect(await screen.findByRole("heading", { name: "The first admin" })).toBeTruthy();
});

test("pages are shown to those who may read them", async () => {
  who = { kind: "user", name: "vic", role: "viewer", permissions: ["status.read", "keys.read"], csrf_token: "t" };
  location.hash = "/nothing";
  render(<App />);
  const nav = await screen.findByRole("navigation", { name: "Main" });
  expect([...nav.querySelectorAll("a")].map((each) => each.textContent)).toEqual(["Overview", "Requests", "Cost and usage", "Alerts", "Keys"]);
  expect(screen.getByRole("heading", { name: "There is no such page" })).toBeTruthy();
  expect(screen.getByText(/vic \(viewer\)/)).toBeTruthy();
});
