import { expect, test } from "vitest";

import { read, toRoom } from "../src/lib/wire.js";

test("lines of the other chats are read", () => {
  expect(read({ from: "ann", text: "hi" })).toEqual({ room: "lobby", from: "ann", text: "hi" });
  expect(read({ from: "ann", text: "hi", room: "a", later: 1 })).toEqual({
    room: "a",
    from: "ann",
    text: "hi",
  });
});

test("what is no line is not", () => {
  for (const data of [
    null,
    "hi",
    { from: "ann" },
    { from: 1, text: "hi" },
    { from: "a", text: "b", room: 1 },
  ]) {
    expect(read(data)).toBeUndefined();
  }
});

test("what is said goes to its room, in the event that all chats listen to", () => {
  const said = { room: "a", from: "ann", text: "hi", id: "1" };
  expect(toRoom(said)).toEqual({ room: "a", event: "chat", data: said });
});
