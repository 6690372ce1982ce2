import { expect, test } from "vitest";

import * as messages from "../src/lib/messages.js";
import type { Chat } from "../src/lib/messages.js";

let named = 0;
const ids = (): string => `local-${(named += 1)}`;

function hear(chat: Chat, from: string, text: string, id?: string, room = "lobby"): Chat {
  return messages.hear(
    chat,
    id === undefined ? { room, from, text } : { room, from, text, id },
    ids,
    5,
  );
}

function texts(chat: Chat, room = "lobby"): (string | undefined)[] {
  return (
    messages.roomOf(chat, room)?.lines.map(({ text, delivery }) => `${text} ${delivery}`) ?? []
  );
}

const ann = messages.newChat("ann", ["workshop"]);

test("a line of ours is there at once, and is sent when it comes back, in everybody's order", () => {
  let chat = messages.write(ann, "lobby", "1", "hello", 1);
  expect(texts(chat)).toEqual(["hello sending"]);
  chat = hear(chat, "ben", "first");
  chat = hear(chat, "ann", "hello", "1");
  expect(texts(chat)).toEqual(["first sent", "hello sent"]);
});

test("a line that failed can be sent again, and is not there twice when both arrive", () => {
  let chat = messages.write(ann, "lobby", "1", "hello", 1);
  chat = messages.fail(chat, "lobby", "1", "no connection");
  chat = hear(chat, "ben", "meanwhile");
  expect(texts(chat)).toEqual(["hello failed", "meanwhile sent"]);
  chat = messages.rewrite(chat, "lobby", "1", 2);
  expect(texts(chat)).toEqual(["meanwhile sent", "hello sending"]);
  chat = hear(hear(chat, "ann", "hello", "1"), "ann", "hello", "1");
  expect(texts(chat)).toEqual(["meanwhile sent", "hello sent"]);
});

test("a reply that comes behind the line itself changes nothing", () => {
  const written = messages.write(ann, "lobby", "1", "hello", 1);
  const heard = hear(written, "ann", "hello", "1");
  expect(messages.fail(heard, "lobby", "1", "lost")).toBe(heard);
  expect(messages.confirm(heard, "lobby", "1")).toBe(heard);
});

test("what others repeat is heard once, but nobody can take another's place", () => {
  let chat = hear(hear(ann, "ben", "hi", "b"), "ben", "hi", "b");
  expect(texts(chat)).toEqual(["hi sent"]);
  chat = hear(chat, "eve", "not ben", "b");
  expect(texts(chat)).toEqual(["hi sent", "not ben sent"]);
  const all = messages.openRoom(chat).lines.map(({ id }) => id);
  expect(new Set(all).size).toBe(2);
});

test("lines that have no name are all heard", () => {
  expect(texts(hear(hear(ann, "kotlin", "again"), "kotlin", "again"))).toHaveLength(2);
});

test("what is unread is counted, and marked until the room is closed", () => {
  let chat = hear(ann, "ben", "one", "1", "workshop");
  chat = hear(chat, "ben", "two", "2", "workshop");
  expect(messages.roomOf(chat, "workshop")).toMatchObject({ unread: 2, firstUnread: "1" });
  chat = messages.open(chat, "workshop");
  expect(messages.openRoom(chat)).toMatchObject({ unread: 0, firstUnread: "1" });
  chat = hear(messages.open(chat, "lobby"), "ben", "three", "3", "workshop");
  expect(messages.roomOf(chat, "workshop")).toMatchObject({ unread: 1, firstUnread: "3" });
});

test("a room that we are not in is not heard", () => {
  expect(hear(ann, "ben", "psst", "1", "elsewhere")).toBe(ann);
});

test("who leaves the open room is in the lobby", () => {
  const chat = messages.leave(messages.enter(ann, "garden"), "garden");
  expect(chat.open).toBe("lobby");
  expect(chat.rooms.map(({ name }) => name)).toEqual(["lobby", "workshop"]);
});

test("the next room of the last one is the first", () => {
  expect(messages.neighbour(ann, -1)).toBe("workshop");
  expect(messages.neighbour(messages.open(ann, "workshop"), 1)).toBe("lobby");
});

test("a room forgets its oldest lines", () => {
  let chat = ann;
  for (let n = 0; n <= messages.KEPT; n += 1) chat = hear(chat, "ben", `${n}`);
  const { lines } = messages.openRoom(chat);
  expect([lines.length, lines[0]?.text]).toEqual([messages.KEPT, "1"]);
});

test("people are those who were heard, and we", () => {
  const chat = hear(hear(ann, "cleo", "hi"), "ben", "hi", "1", "workshop");
  expect(messages.people(chat)).toEqual([
    { name: "ann", at: undefined },
    { name: "ben", at: 5 },
    { name: "cleo", at: 5 },
  ]);
});
