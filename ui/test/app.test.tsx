import { render, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import { App } from "../src/app";

test("the pages are named in the navigation, and the first is open", () => {
  render(<App />);
  expect(screen.getByRole("navigation", { name: "Main" })).toBeTruthy();
  expect(screen.getByRole("heading", { name: "Overview" })).toBeTruthy();
});
