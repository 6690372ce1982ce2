import { expect, test } from "vitest";

import * as messages from "../src/lib/messages.js";
import { match, pieces, search } from "../src/lib/search.js";

function chat(): messages.Chat {
  let chat = messages.newChat("ann", ["workshop"]);
  const say = (room: string, from: string, text: string, at: number): void => {
    chat = messages.hear(chat, { room, from, text, id: `${at}` }, String, at);
  };
  say("lobby", "René", "The lamp is in the workshop", 1);
  say("workshop", "ben", "A LAMP needs oil", 2);
  say("lobby", "ben", "Goodbye", 3);
  return chat;
}

test("lines with all words are found in every room, the latest first", () => {
  const found = search(chat(), "lamp").map((hit) => hit.kind === "line" && [hit.room, hit.line.id]);
  expect(found).toEqual([
    ["workshop", "2"],
    ["lobby", "1"],
  ]);
  expect(search(chat(), "workshop lamp")).toHaveLength(1);
  expect(search(chat(), "workshop oil")).toEqual([]);
});

test("people are found where they spoke last, whatever their accents", () => {
  expect(search(chat(), "rene")).toMatchObject([{ kind: "person", name: "René", room: "lobby" }]);
  expect(search(chat(), "BEN")).toMatchObject([{ kind: "person", room: "lobby", line: "3" }]);
});

test("no words find nothing", () => {
  expect(search(chat(), "  ")).toEqual([]);
});

test("matches stand where they are in the text as it was written", () => {
  const text = "🔦 Ｃafé, ﬁnd cafe";
  const spans = match(text, ["cafe", "find"]) ?? [];
  const hits = pieces(text, spans).filter(({ hit }) => hit);
  expect(hits.map((piece) => piece.text)).toEqual(["Café".replace("C", "Ｃ"), "ﬁnd", "cafe"]);
  expect(
    pieces(text, spans)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

test("a long line is cut so that the match can be seen", () => {
  const long = messages.hear(
    messages.newChat("ann"),
    { room: "lobby", from: "ben", text: `${"so it went on ".repeat(20)}until the end`, id: "1" },
    String,
    1,
  );
  const [hit] = search(long, "until");
  expect(hit?.kind === "line" && hit.text).toBe("…went on so it went on until the end");
  expect(hit && hit.kind === "line" && pieces(hit.text, hit.spans)[1]).toEqual({
    text: "until",
    hit: true,
  });
});
