import { expect, test } from "vitest";

import { type Key, actionOf } from "../src/lib/keys.js";

function key(name: string, held: Partial<Key> = {}): Key {
  return { key: name, ctrlKey: false, metaKey: false, altKey: false, ...held };
}

test("keys that work everywhere work in a field too", () => {
  expect(actionOf(key("k", { ctrlKey: true }), true)).toEqual({ to: "search" });
  expect(actionOf(key("3", { metaKey: true }), true)).toEqual({ to: "room", index: 2 });
  expect(actionOf(key("ArrowUp", { altKey: true }), true)).toEqual({ to: "neighbour", step: -1 });
});

test("what is typed is typed", () => {
  expect(actionOf(key("?"), true)).toBeUndefined();
  expect(actionOf(key("k"), true)).toBeUndefined();
  // AltGr, which types letters.
  expect(actionOf(key("3", { ctrlKey: true, altKey: true }), true)).toBeUndefined();
});

test("a question mark beside fields asks for help", () => {
  expect(actionOf(key("?"), false)).toEqual({ to: "help" });
});
