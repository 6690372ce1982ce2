/** How lines follow each other on the screen. */
import type { Line } from "./messages.js";

export interface Placed {
  line: Line;
  /** The day that begins with it. */
  day?: string;
  /** What is new begins with it. */
  isNew: boolean;
  /** It begins a group: others of the same sender follow without another head. */
  isHead: boolean;
}

/** Lines of one sender are a group until they pause for so long. */
const PAUSE_MS = 5 * 60_000;

/** As it was placed before: what did not change is the same object, and is not drawn again. */
const before = new WeakMap<Line, Placed>();

function same(placed: Placed): Placed {
  const known = before.get(placed.line);
  const isSame =
    known?.day === placed.day && known?.isNew === placed.isNew && known?.isHead === placed.isHead;
  if (known && isSame) return known;
  before.set(placed.line, placed);
  return placed;
}

export function place(
  lines: readonly Line[],
  firstUnread: string | undefined,
  now: number,
): Placed[] {
  let previous: Line | undefined;
  return lines.map((line) => {
    const isNewDay = !previous || startOfDay(previous.at) !== startOfDay(line.at);
    const isNew = line.id === firstUnread;
    const follows = previous?.from === line.from && line.at - previous.at < PAUSE_MS;
    const placed: Placed = { line, isNew, isHead: isNewDay || isNew || !follows };
    if (isNewDay) placed.day = dayName(line.at, now);
    previous = line;
    return same(placed);
  });
}

/** `Today`, `Yesterday`, or the date. */
export function dayName(at: number, now: number): string {
  const yesterday = new Date(startOfDay(now));
  yesterday.setDate(yesterday.getDate() - 1);
  const day = startOfDay(at);
  if (day === startOfDay(now)) return "Today";
  if (day === yesterday.getTime()) return "Yesterday";
  return date.format(at);
}

export function timeOfDay(at: number): string {
  return time.format(at);
}

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const date = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

const PICTURES = /^(?:\p{RGI_Emoji}|\s)+$/v;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Whether a text is a few emoji and nothing else, which may be large then. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 40 && PICTURES.test(text) && [...graphemes.segment(text)].length <= 5;
}

/** One of eight colours, always the same for a name. */
export function tint(name: string): number {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (const character of name)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % 8;
}

/** What stands for a name in its circle. */
export function initial(name: string): string {
  const first = graphemes.segment(name.trim())[Symbol.iterator]().next();
  return first.done ? "?" : first.value.segment.toUpperCase();
}
