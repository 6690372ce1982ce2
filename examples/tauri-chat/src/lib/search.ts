/** Finds lines and people by words, whatever their case and accents. */
import { type Chat, type Line, people } from "./messages.js";

/** Where a match stands in a text: from, and up to but without. */
export type Span = readonly [number, number];

export type Hit =
  | { kind: "person"; name: string; spans: Span[]; room: string; line: string }
  | { kind: "line"; line: Line; text: string; spans: Span[]; room: string };

/** Text in front of the first match in a long line. */
const LEAD = 40;

/** Finds what has all words of a query: people first, then lines, the latest first. */
export function search(chat: Chat, query: string, limit = 50): Hit[] {
  const words = [...new Set(fold(query).text.split(/\s+/).filter(Boolean))];
  if (words.length === 0) return [];
  return [...findPeople(chat, words), ...findLines(chat, words)].slice(0, limit);
}

function findPeople(chat: Chat, words: string[]): Hit[] {
  const hits: Hit[] = [];
  for (const { name } of people(chat)) {
    const spans = match(name, words);
    const latest = spans && latestOf(chat, name);
    if (latest) hits.push({ kind: "person", name, spans, ...latest });
  }
  return hits;
}

function latestOf(chat: Chat, name: string): { room: string; line: string } | undefined {
  let latest: { room: string; line: string; at: number } | undefined;
  for (const room of chat.rooms) {
    const line = room.lines.findLast(({ from }) => from === name);
    if (line && line.at >= (latest?.at ?? 0))
      latest = { room: room.name, line: line.id, at: line.at };
  }
  return latest && { room: latest.room, line: latest.line };
}

function findLines(chat: Chat, words: string[]): Hit[] {
  const hits: (Hit & { kind: "line" })[] = [];
  for (const room of chat.rooms) {
    for (const line of room.lines.toReversed()) {
      const spans = match(line.text, words);
      if (spans) hits.push({ kind: "line", line, ...excerpt(line.text, spans), room: room.name });
    }
  }
  return hits.sort((one, other) => other.line.at - one.line.at);
}

/** Where the words stand, in order and apart; `undefined` where one is missing. */
export function match(text: string, words: string[]): Span[] | undefined {
  const folded = fold(text);
  const spans: [number, number][] = [];
  for (const word of words) {
    let from = folded.text.indexOf(word);
    if (from < 0) return undefined;
    for (; from >= 0; from = folded.text.indexOf(word, from + word.length)) {
      const to = from + word.length;
      spans.push([folded.origin[from] ?? 0, folded.origin[to] ?? text.length]);
    }
  }
  return merge(spans.sort((one, other) => one[0] - other[0]));
}

function merge(spans: [number, number][]): Span[] {
  const merged: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** A text in small letters without accents, and where each of its units was. */
function fold(text: string): { text: string; origin: number[] } {
  let folded = "";
  const origin: number[] = [];
  let at = 0;
  for (const character of text) {
    const plain = character.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    for (let unit = 0; unit < plain.length; unit += 1) origin.push(at);
    folded += plain;
    at += character.length;
  }
  return { text: folded, origin };
}

/** The part of a text in which the first match can be seen. */
function excerpt(text: string, spans: Span[]): { text: string; spans: Span[] } {
  const first = spans[0]?.[0] ?? 0;
  if (first <= LEAD) return { text, spans };
  const space = text.lastIndexOf(" ", first - LEAD / 2);
  const start = space > first - LEAD ? space + 1 : first;
  const shift = start - 1;
  return {
    text: `…${text.slice(start)}`,
    spans: spans.map(([from, to]) => [from - shift, to - shift] as const),
  };
}

/** A text in pieces, of which some match. */
export function pieces(text: string, spans: readonly Span[]): { text: string; hit: boolean }[] {
  const all: { text: string; hit: boolean }[] = [];
  let at = 0;
  for (const [from, to] of spans) {
    if (from > at) all.push({ text: text.slice(at, from), hit: false });
    all.push({ text: text.slice(from, to), hit: true });
    at = to;
  }
  if (at < text.length) all.push({ text: text.slice(at), hit: false });
  return all;
}
