import { expect, test } from "vitest";

import { dayName, initial, isEmojiOnly, place } from "../src/lib/layout.js";
import type { Line } from "../src/lib/messages.js";

const noon = new Date(2026, 2, 3, 12).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function line(id: string, from: string, at: number): Line {
  return { id, from, text: "", at, delivery: "sent" };
}

test("lines of one sender are a group until they pause, the day ends, or new ones begin", () => {
  const lines = [
    line("a", "ann", noon - DAY),
    line("b", "ann", noon),
    line("c", "ann", noon + MINUTE),
    line("d", "ann", noon + 7 * MINUTE),
    line("e", "ben", noon + 7 * MINUTE),
    line("f", "ben", noon + 7 * MINUTE),
  ];
  const placed = place(lines, "f", noon);
  expect(placed.map(({ isHead }) => isHead)).toEqual([true, true, false, true, true, true]);
  expect(placed.map(({ day }) => day)).toEqual(["Yesterday", "Today", ...Array(4).fill(undefined)]);
  expect(placed.filter(({ isNew }) => isNew).map((entry) => entry.line.id)).toEqual(["f"]);
});

test("what stands as before is the same object, so that it is not drawn again", () => {
  const lines = [line("a", "ann", noon), line("b", "ann", noon)];
  const placed = place(lines, undefined, noon);
  const next = place([...lines, line("c", "ann", noon)], "b", noon);
  expect(next[0]).toBe(placed[0]);
  expect(next[1]).not.toBe(placed[1]);
});

test("days further back have a date", () => {
  expect(dayName(noon - 2 * DAY, noon)).toContain("2026");
});

test("a few emoji are large, and nothing else is", () => {
  expect(["🎉", "👩‍👩‍👧 🇩🇪", "👍🏽"].map(isEmojiOnly)).toEqual([true, true, true]);
  expect(["", "ok 🎉", "12", "🎉🎉🎉🎉🎉🎉"].map(isEmojiOnly)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("an initial is a whole character", () => {
  expect([initial("ann"), initial("👩‍🚀 eve"), initial(" ")]).toEqual(["A", "👩‍🚀", "?"]);
});
