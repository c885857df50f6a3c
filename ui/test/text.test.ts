import { expect, test } from "vitest";
import { examples } from "../src/examples";
import { count, dollars, duration, percent, words } from "../src/format";
import { changes, textOf, tiersOf } from "../src/tier_text";

test("numbers are short, and nothing is no number", () => {
  expect([count(0), count(2.345), count(1234), count(1_234_567), count(null)]).toEqual(["0", "2.3", "1,234", "1.2M", "–"]);
  expect([percent(0), percent(0.0123), percent(0.5), percent(1), percent(null)]).toEqual(["0 %", "1.23 %", "50.0 %", "100 %", "–"]);
  expect([duration(0.0012), duration(0.25), duration(2), duration(75)]).toEqual(["1.2 ms", "250 ms", "2.00 s", "1 min 15 s"]);
});

test("money keeps the small places only where it is small", () => {
  expect([dollars(0), dollars(1_500), dollars(250_000_000), dollars(12_345_678_900_000), dollars(undefined)]).toEqual(
    ["$0", "$0.000002", "$0.25", "$12,345.68", "–"],
  );
});

test("lists are read with commas or spaces", () => {
  expect(words(["a, b  c", ""])).toEqual(["a", "b", "c"]);
});

test("tiers survive being typed", () => {
  const tiers = [[{ target: "a", weight: 3 }, { target: "b/m", weight: 1 }], [{ target: "c", weight: 1 }]];
  expect(textOf(tiers)).toBe("a*3, b/m\nc");
  expect(tiersOf(`\n${textOf(tiers)}\n\n`)).toEqual(tiers);
  expect(() => tiersOf("a\nb c")).toThrow('line 2: found "b c"');
});

test("only what differs is a change", () => {
  expect(changes({ a: 1, b: "x" }, { a: 2, b: "x" })).toEqual([{ field: "a", before: "1", after: "2" }]);
});

test("a prompt cannot break out of the code that shows it", () => {
  const texts = examples("http://h:1", "m", `it's "quoted"\n`);
  expect(texts["curl"]).toContain(`it'\\''s \\"quoted\\"\\n`);
  expect(texts["Python"]).toContain(String.raw`"it's \"quoted\"\n"`);
});
