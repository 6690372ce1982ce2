/**
 * The one stream of a page. It opens with the first listener and stays open for the life of the
 * page. Where it stands is kept in the session storage, so that a page that reloads goes on there.
 */
import { Channel, invoke } from "@tauri-apps/api/core";

import type { Batch, Payloads, Snapshot, StreamEvent } from "./models.js";

type Handlers = { [Type in keyof Payloads]: Set<(payload: Payloads[Type]) => void> } & {
  missed: Set<(count: number) => void>;
};

const CURSOR = "tauri-plugin-signal.cursor";

const handlers: Handlers = {
  state: new Set(),
  connected: new Set(),
  disconnected: new Set(),
  reconnecting: new Set(),
  message: new Set(),
  error: new Set(),
  missed: new Set(),
};

let opening: Promise<Snapshot> | undefined;

/** Opens the stream, if it is not open. What it begins with is the state at that time. */
export function open(): Promise<Snapshot> {
  opening ??= subscribe().catch((error: unknown) => {
    // The next listener tries again.
    opening = undefined;
    throw error;
  });
  return opening;
}

async function subscribe(): Promise<Snapshot> {
  const channel = new Channel<Batch>();
  channel.onmessage = receive;
  const cursor = sessionStorage.getItem(CURSOR);
  const snapshot = await invoke<Snapshot>("plugin:signal|subscribe", { channel, cursor });
  // A batch may have come before the answer; what it stored is newer.
  if (sessionStorage.getItem(CURSOR) === cursor) sessionStorage.setItem(CURSOR, snapshot.cursor);
  return snapshot;
}

function receive(batch: Batch): void {
  if (batch.missed > 0) call(handlers.missed, batch.missed);
  for (const event of batch.events) deliver(event);
  // Behind the handlers: a page that reloads in the midst gets the batch again rather than never.
  sessionStorage.setItem(CURSOR, batch.cursor);
}

function deliver<Type extends keyof Payloads>(event: Extract<StreamEvent, { type: Type }>): void {
  call(handlers[event.type] as Set<(payload: unknown) => void>, event.payload);
}

/** Calls all, and lets one that throws neither stop the others nor go unseen. */
function call<T>(all: Set<(payload: T) => void>, payload: T): void {
  for (const handler of [...all]) {
    try {
      handler(payload);
    } catch (error) {
      reportError(error);
    }
  }
}

export interface ListenOptions {
  /** Ends the listening when it is aborted. */
  signal?: AbortSignal;
}

/**
 * Listens until the returned function is called. All handlers that are added before the first
 * `await` of a page get what it missed while it reloaded.
 */
export async function listen<Type extends keyof Handlers>(
  type: Type,
  handler: Handlers[Type] extends Set<infer Handler> ? Handler : never,
  { signal }: ListenOptions = {},
): Promise<() => void> {
  signal?.throwIfAborted();
  const all = handlers[type] as Set<typeof handler>;
  // One function may listen twice, and each listener ends by itself.
  const own = ((payload: never) => (handler as (payload: never) => void)(payload)) as typeof handler;
  const unlisten = (): void => {
    all.delete(own);
    signal?.removeEventListener("abort", unlisten);
  };
  all.add(own);
  signal?.addEventListener("abort", unlisten, { once: true });
  try {
    await open();
  } catch (error) {
    unlisten();
    throw error;
  }
  return unlisten;
}
