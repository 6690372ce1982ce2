import { beforeEach, expect, test } from "vitest";

import { History, type Known } from "../src/lib/history.js";
import * as messages from "../src/lib/messages.js";

class Memory implements Storage {
  readonly items = new Map<string, string>();
  limit = Infinity;
  written = 0;

  get length(): number {
    return this.items.size;
  }

  clear(): void {
    this.items.clear();
  }

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }

  setItem(key: string, value: string): void {
    if (value.length > this.limit) throw new DOMException("full", "QuotaExceededError");
    this.written += value.length;
    this.items.set(key, value);
  }
}

let storage: Memory;

beforeEach(() => {
  storage = new Memory();
});

function known(chat: messages.Chat): Known {
  return { chat, drafts: { lobby: "half a" } };
}

function said(lines: number): messages.Chat {
  let chat = messages.newChat("ann", ["workshop"]);
  for (let n = 0; n < lines; n += 1) {
    chat = messages.hear(
      chat,
      { room: "lobby", from: "ben", text: `line ${n}`, id: `${n}` },
      String,
      n,
    );
  }
  return chat;
}

test("a page that reloads knows all that the one before knew", () => {
  new History(storage).save(known(said(3)));
  expect(new History(storage).load()).toEqual(known(said(3)));
});

test("what was on its way is not sent, until it comes back", () => {
  new History(storage).save(known(messages.write(said(0), "lobby", "1", "hello", 1)));
  let chat = new History(storage).load()?.chat ?? said(0);
  expect(messages.openRoom(chat).lines[0]?.delivery).toBe("failed");
  chat = messages.hear(chat, { room: "lobby", from: "ann", text: "hello", id: "1" }, String, 2);
  expect(messages.openRoom(chat).lines.map(({ delivery }) => delivery)).toEqual(["sent"]);
});

test("a room that did not change is not written again", () => {
  const history = new History(storage);
  const chat = said(500);
  history.save(known(chat));
  const before = storage.written;
  history.save(known(messages.open(chat, "workshop")));
  expect(storage.written - before).toBeLessThan(1_000);
});

test("where the storage is full, the latest lines are kept", () => {
  storage.limit = 2_000;
  new History(storage).save(known(said(100)));
  const lines = new History(storage).load()?.chat.rooms[0]?.lines ?? [];
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.at(-1)?.text).toBe("line 99");
});

test("nothing is left of rooms that were left, and of who signs out", () => {
  const history = new History(storage);
  history.save(known(said(1)));
  history.save(known(messages.leave(said(1), "workshop")));
  expect([...storage.items.keys()].join()).not.toContain("workshop");
  history.clear();
  expect(storage.length).toBe(0);
});
