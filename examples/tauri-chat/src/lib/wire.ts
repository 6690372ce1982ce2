/** What people say to each other, as it goes through a room. The other chats of Aldis read it too. */

/** Where everybody meets; also the room of a line that names none. */
export const LOBBY = "lobby";

/** The event under which rooms carry lines. */
export const CHAT = "chat";

export interface Said {
  room: string;
  from: string;
  text: string;
  /** The sender's name for the line, by which it is known again. Not every chat gives one. */
  id?: string;
}

/** Reads what came from a room; `undefined` for what is no line. */
export function read(data: unknown): Said | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { from, text, room = LOBBY, id } = data as Record<string, unknown>;
  if (typeof from !== "string" || typeof text !== "string" || typeof room !== "string") {
    return undefined;
  }
  return typeof id === "string" ? { room, from, text, id } : { room, from, text };
}

/** What the demo server is asked to pass on to a room. */
export function toRoom(said: Said): { room: string; event: string; data: Said } {
  return { room: said.room, event: CHAT, data: said };
}
