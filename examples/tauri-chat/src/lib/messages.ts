/** Rooms, and what was said in them. Values are never changed: each function returns another one. */
import { LOBBY, type Said } from "./wire.js";

/** `sent` is what the server passed on, whoever wrote it. */
export type Delivery = "sent" | "sending" | "failed";

export interface Line {
  /** Unique in its room. */
  id: string;
  from: string;
  text: string;
  /** When it came, or was written here. */
  at: number;
  delivery: Delivery;
  /** Why it failed. */
  problem?: string;
}

export interface Room {
  name: string;
  lines: readonly Line[];
  /** Lines of others that came while another room was open. */
  unread: number;
  /** The first of them, also after they were read, until the room is closed. */
  firstUnread?: string;
}

export interface Chat {
  /** Our name. */
  me: string;
  rooms: readonly Room[];
  /** The name of the room that is open. */
  open: string;
}

export interface Person {
  name: string;
  /** When they last said something; `undefined` for us while we have said nothing. */
  at: number | undefined;
}

/** Lines that a room remembers. */
export const KEPT = 1_000;

export function newChat(me: string, rooms: readonly string[] = []): Chat {
  const names = new Set([LOBBY, ...rooms]);
  return { me, rooms: [...names].map(newRoom), open: LOBBY };
}

function newRoom(name: string): Room {
  return { name, lines: [], unread: 0 };
}

export function roomOf(chat: Chat, name: string): Room | undefined {
  return chat.rooms.find((room) => room.name === name);
}

/** The room that is open. */
export function openRoom(chat: Chat): Room {
  return roomOf(chat, chat.open) ?? newRoom(chat.open);
}

/** Adds a room, if it is new, and opens it. */
export function enter(chat: Chat, name: string): Chat {
  if (roomOf(chat, name)) return open(chat, name);
  return open({ ...chat, rooms: [...chat.rooms, newRoom(name)] }, name);
}

/** Forgets a room; where it was open, the lobby is next. */
export function leave(chat: Chat, name: string): Chat {
  const rooms = chat.rooms.filter((room) => room.name !== name);
  const without = { ...chat, rooms };
  return chat.open === name ? open({ ...without, open: "" }, LOBBY) : without;
}

/** Opens a room, whose lines are read then. */
export function open(chat: Chat, name: string): Chat {
  if (name === chat.open || !roomOf(chat, name)) return chat;
  const rooms = chat.rooms.map((room) => {
    if (room.name === name) return room.unread > 0 ? { ...room, unread: 0 } : room;
    return room.name === chat.open && room.firstUnread !== undefined ? withoutMark(room) : room;
  });
  return { ...chat, rooms, open: name };
}

function withoutMark({ name, lines, unread }: Room): Room {
  return { name, lines, unread };
}

/** The room `step` further down the list, or up; behind the last one comes the first. */
export function neighbour(chat: Chat, step: number): string {
  const at = chat.rooms.findIndex((room) => room.name === chat.open);
  const count = chat.rooms.length;
  return chat.rooms[(((at + step) % count) + count) % count]?.name ?? chat.open;
}

/** Adds a line of ours, which is on its way. */
export function write(chat: Chat, room: string, id: string, text: string, at: number): Chat {
  const line: Line = { id, from: chat.me, text, at, delivery: "sending" };
  return change(chat, room, (room) => append(room, line));
}

/** Sends a line of ours once more: it goes to the end, as others will see it there. */
export function rewrite(chat: Chat, room: string, id: string, at: number): Chat {
  return change(chat, room, (room) => {
    const line = room.lines.find((line) => line.id === id);
    if (line?.delivery !== "failed") return room;
    return toEnd(room, { id, from: line.from, text: line.text, at, delivery: "sending" });
  });
}

/** The server has passed on a line of ours. */
export function confirm(chat: Chat, room: string, id: string): Chat {
  return settle(chat, room, id, { delivery: "sent" });
}

/** A line of ours was not taken. One that came back all the same stays sent. */
export function fail(chat: Chat, room: string, id: string, problem: string): Chat {
  return settle(chat, room, id, { delivery: "failed", problem });
}

function settle(
  chat: Chat,
  room: string,
  id: string,
  end: Pick<Line, "delivery" | "problem">,
): Chat {
  return change(chat, room, (room) => {
    const at = room.lines.findIndex((line) => line.id === id);
    const line = room.lines[at];
    if (line?.delivery !== "sending") return room;
    return { ...room, lines: room.lines.with(at, { ...line, ...end }) };
  });
}

/**
 * Adds what came from a room that we are in. A line of ours that comes back is sent, and stands
 * where everybody sees it; one that came before is not added again.
 */
export function hear(chat: Chat, said: Said, ids: () => string, at: number): Chat {
  return change(chat, said.room, (room) => {
    const known = room.lines.findLast((line) => line.id === said.id);
    if (known?.from === said.from) {
      return said.from === chat.me ? toEnd(room, { ...sent(said, known.id), at: known.at }) : room;
    }
    // A name that somebody else has given already is as good as none.
    const line = { ...sent(said, known ? ids() : (said.id ?? ids())), at };
    const next = append(room, line);
    if (room.name === chat.open || said.from === chat.me) return next;
    return { ...next, unread: room.unread + 1, firstUnread: room.firstUnread ?? line.id };
  });
}

function sent({ from, text }: Said, id: string): Omit<Line, "at"> {
  return { id, from, text, delivery: "sent" };
}

/** What was on its way when the page went away; whether it went out, only its return will tell. */
export function interrupted(chat: Chat): Chat {
  const rooms = chat.rooms.map((room) => ({
    ...room,
    lines: room.lines.map((line) =>
      line.delivery === "sending" ? { ...line, delivery: "failed" as const } : line,
    ),
  }));
  return { ...chat, rooms };
}

/** Who was heard in any room, by name; we are the first. */
export function people(chat: Chat): Person[] {
  const latest = new Map<string, number>();
  for (const { lines } of chat.rooms) {
    for (const { from, at } of lines) latest.set(from, Math.max(at, latest.get(from) ?? 0));
  }
  const mine: Person = { name: chat.me, at: latest.get(chat.me) };
  latest.delete(chat.me);
  const others = [...latest].map(([name, at]) => ({ name, at }));
  return [mine, ...others.sort((one, other) => one.name.localeCompare(other.name))];
}

function change(chat: Chat, name: string, to: (room: Room) => Room): Chat {
  const at = chat.rooms.findIndex((room) => room.name === name);
  const room = chat.rooms[at];
  if (!room) return chat;
  const next = to(room);
  return next === room ? chat : { ...chat, rooms: chat.rooms.with(at, next) };
}

function append(room: Room, line: Line): Room {
  return { ...room, lines: [...room.lines.slice(1 - KEPT), line] };
}

function toEnd(room: Room, line: Line): Room {
  if (room.lines.at(-1)?.id === line.id) return { ...room, lines: room.lines.with(-1, line) };
  return append({ ...room, lines: room.lines.filter(({ id }) => id !== line.id) }, line);
}
