/** The only part of the page that knows the plugin. */
import { invoke } from "@tauri-apps/api/core";
import {
  type Reconnecting,
  SignalError,
  type SignalFailure,
  type StateChange,
  connect as connectPlugin,
  disconnect,
  join,
  leave,
  onError,
  onMessage,
  onMissed,
  onReconnecting,
  onState,
  request,
} from "tauri-plugin-signal-api";

import { CHAT, type Said, read, toRoom } from "./wire.js";

export type { SignalFailure, StateChange };
export { disconnect };

export interface Handlers {
  said(said: Said): void;
  state(change: StateChange): void;
  reconnecting(attempt: Reconnecting): void;
  error(error: SignalFailure): void;
  missed(count: number): void;
}

/** Listens from where the page stood before it reloaded, to the state from what it is now. */
export async function listen(handlers: Handlers): Promise<void> {
  const said = (data: unknown): void => {
    const line = read(data);
    if (line) handlers.said(line);
  };
  // All before the first `await`: the stream begins with what was missed.
  await Promise.all([
    onMessage(CHAT, said),
    onState((change) => handlers.state(change)),
    onReconnecting((attempt) => handlers.reconnecting(attempt)),
    onError((error) => handlers.error(error)),
    onMissed((count) => handlers.missed(count)),
  ]);
}

/** Connects; while another attempt is waited for, it begins now. */
export async function connect(token?: string): Promise<void> {
  await connectPlugin(token);
}

export function joinRooms(rooms: string[]): Promise<void> {
  return rooms.length > 0 ? join(rooms) : Promise.resolve();
}

export function leaveRooms(rooms: string[]): Promise<void> {
  return rooms.length > 0 ? leave(rooms) : Promise.resolve();
}

/** Says something in a room, and waits until the server has passed it on. */
export async function say(said: Said): Promise<void> {
  await request("room", toRoom(said));
}

export function serverUrl(): Promise<string> {
  return invoke("server_url");
}

/** The code of what Tauri itself refuses, which is text without one. */
export const REFUSED = "refused";

/** What a command rejected with. */
export function failureOf(error: unknown): SignalFailure {
  if (error instanceof SignalError) return error;
  return { code: "unexpected", message: error instanceof Error ? error.message : String(error) };
}
