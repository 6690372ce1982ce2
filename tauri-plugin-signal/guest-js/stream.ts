/**
 * The one stream of a page. It opens with the first listener and stays open for the life of the
 * page. Where it stands is kept in the session storage, so that a page that reloads goes on there.
 */
import { Channel } from "@tauri-apps/api/core";

import { call } from "./errors.js";
import type { Batch, Payloads, Snapshot, StateChange, StreamEvent } from "./models.js";

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

let opening: Promise<void> | undefined;
/** The state as the page has been told it. */
let state: StateChange | undefined;

/** Opens the stream, if it is not open. */
function open(): Promise<void> {
  opening ??= subscribe().catch((error: unknown) => {
    // The next listener tries again.
    opening = undefined;
    throw error;
  });
  return opening;
}

async function subscribe(): Promise<void> {
  const channel = new Channel<Batch>();
  channel.onmessage = (batch) => {
    receive(batch);
    call("acknowledge", { channel: channel.id, cursor: batch.cursor }).catch((error: unknown) => reportError(error));
  };
  const cursor = sessionStorage.getItem(CURSOR);
  const snapshot = await call<Snapshot>("subscribe", { channel, cursor });
  // A batch may have come before the answer; what it told is newer.
  if (sessionStorage.getItem(CURSOR) === cursor) sessionStorage.setItem(CURSOR, snapshot.cursor);
  state ??= { state: snapshot.state };
}

function receive(batch: Batch): void {
  if (batch.missed > 0) tell(handlers.missed, batch.missed);
  for (const event of batch.events) {
    if (event.type === "state") state = event.payload;
    deliver(event);
  }
  // Behind the handlers: a page that reloads in the midst gets the batch again rather than never.
  sessionStorage.setItem(CURSOR, batch.cursor);
}

function deliver<Type extends keyof Payloads>(event: Extract<StreamEvent, { type: Type }>): void {
  tell(handlers[event.type] as Set<(payload: unknown) => void>, event.payload);
}

/** Tells all, and lets one that throws neither stop the others nor go unseen. */
function tell<T>(all: Set<(payload: T) => void>, payload: T): void {
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

/** Listens until the returned function is called. */
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

/** Listens to the state: the one that there is first, unless a change has come meanwhile. */
export async function listenToState(
  handler: (change: StateChange) => void,
  options: ListenOptions = {},
): Promise<() => void> {
  let told = false;
  const own = (change: StateChange): void => {
    told = true;
    handler(change);
  };
  const unlisten = await listen("state", own, options);
  if (!told && state && !options.signal?.aborted) tell(new Set([handler]), state);
  return unlisten;
}
