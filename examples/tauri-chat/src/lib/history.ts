/**
 * What a page knows, kept in the session storage for the page that comes after a reload. The plugin
 * keeps there which events this page has seen, so both go and come together.
 */
import { type Chat, type Room, interrupted } from "./messages.js";

export interface Known {
  chat: Chat;
  /** What is written and not sent, by room. */
  drafts: Record<string, string>;
}

const PAGE = "aldis-chat";
const ROOM = "aldis-chat.room.";

type Page = Omit<Known, "chat"> & { me: string; open: string; rooms: string[] };

export class History {
  readonly #storage: Storage;
  /** As they were kept last: only what changed is written. */
  readonly #kept = new Map<string, Room>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  load(): Known | undefined {
    const page = this.#read<Page>(PAGE);
    if (!page) return undefined;
    const { me, open, rooms, drafts } = page;
    const chat = { me, open, rooms: rooms.map((name) => this.#room(name)) };
    return { chat: interrupted(chat), drafts };
  }

  save({ chat, drafts }: Known): void {
    for (const name of this.#kept.keys()) {
      if (!chat.rooms.some((room) => room.name === name)) this.#forget(name);
    }
    for (const room of chat.rooms) {
      if (this.#kept.get(room.name) === room) continue;
      this.#write(room);
      this.#kept.set(room.name, room);
    }
    const rooms = chat.rooms.map((room) => room.name);
    const page: Page = { me: chat.me, open: chat.open, rooms, drafts };
    this.#storage.setItem(PAGE, JSON.stringify(page));
  }

  clear(): void {
    for (const name of [...this.#kept.keys()]) this.#forget(name);
    this.#storage.removeItem(PAGE);
  }

  #room(name: string): Room {
    const room = this.#read<Room>(ROOM + name) ?? { name, lines: [], unread: 0 };
    this.#kept.set(name, room);
    return room;
  }

  #forget(name: string): void {
    this.#kept.delete(name);
    this.#storage.removeItem(ROOM + name);
  }

  /** Where the storage is full, older lines go. */
  #write(room: Room): void {
    for (let count = room.lines.length; ; count = Math.floor(count / 2)) {
      const lines = room.lines.slice(room.lines.length - count);
      try {
        this.#storage.setItem(ROOM + room.name, JSON.stringify({ ...room, lines }));
        return;
      } catch (error) {
        if (count === 0) throw error;
      }
    }
  }

  #read<T>(key: string): T | undefined {
    const text = this.#storage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as T);
  }
}
