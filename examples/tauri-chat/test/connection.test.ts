import { expect, test } from "vitest";

import { type Connection, describe } from "../src/lib/connection.js";

function words(connection: Connection, now = 0): string {
  const { text, countdown } = describe(connection, "ann", now);
  return text + countdown;
}

test("each state has its words", () => {
  expect(words({ state: "connected" })).toBe("Connected as ann");
  expect(words({ state: "connecting" })).toBe("Connecting…");
  expect(words({ state: "disconnected", reason: "gone" })).toBe("Disconnected: gone");
  expect(words({ state: "reconnecting" })).toBe("Reconnecting…");
  expect(words({ state: "reconnecting", attempt: 3, at: null })).toBe(
    "Reconnecting: attempt 3 as soon as there is a network",
  );
});

test("seconds are counted down to the attempt, and no further", () => {
  const waiting: Connection = { state: "reconnecting", attempt: 3, at: 10_000 };
  expect(words(waiting, 6_000)).toBe("Reconnecting: attempt 3 in 4 s");
  expect(words(waiting, 9_999)).toBe("Reconnecting: attempt 3 in 1 s");
  expect(words(waiting, 12_000)).toBe("Reconnecting: attempt 3 in 0 s");
});
