/**
 * The one stream of a page. It opens with the first listener and stays open for the life of the
 * page. Where it stands is kept in the session storage, so that a page that reloads goes on there.
 */
import { Channel } from "@tauri-apps/api/core";

import { call } from "./errors.js";
import type { Batch, Payloads, Reconnecting, Snapshot, StateChange } from "./models.js";

/** What handlers are told: the events, and how many of them are missing. */
interface Told extends Payloads {
  missed: number;
}

type Telling<Type extends keyof Told> = { [One in Type]: { type: One; payload: Told[One] } }[Type];
type Handlers = { [Type in keyof Told]: Set<(payload: Told[Type]) => void> };

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
/** Where the connection stands, as far as the page has been told. */
const standing: { state?: StateChange; next?: { attempt: number; at: number | null } } = {};

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
    const dealtWith = call("acknowledge", { channel: channel.id, cursor: batch.cursor });
    dealtWith.catch((error: unknown) => reportError(error));
  };
  const cursor = sessionStorage.getItem(CURSOR);
  const snapshot = await call<Snapshot>("subscribe", { channel, cursor });
  // A batch may have come before the answer; what it told is newer.
  if (sessionStorage.getItem(CURSOR) === cursor) sessionStorage.setItem(CURSOR, snapshot.cursor);
  if (snapshot.state && !standing.state) {
    changed(snapshot.state);
    if (snapshot.reconnecting) retrying(snapshot.reconnecting);
  }
}

function changed(state: StateChange): void {
  standing.state = state;
  delete standing.next;
}

function retrying({ attempt, delayMs }: Reconnecting): void {
  standing.next = { attempt, at: delayMs === null ? null : Date.now() + delayMs };
}

function receive(batch: Batch): void {
  if (batch.missed > 0) deliver({ type: "missed", payload: batch.missed });
  for (const event of batch.events) {
    if (event.type === "state") changed(event.payload);
    if (event.type === "reconnecting") retrying(event.payload);
    deliver(event);
  }
  // Behind the handlers: a page that reloads in the midst gets the batch again rather than never.
  sessionStorage.setItem(CURSOR, batch.cursor);
}

function deliver<Type extends keyof Told>(event: Telling<Type>): void {
  tell<Told[Type]>(handlers[event.type], event.payload);
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
export async function listen<Type extends keyof Told>(
  type: Type,
  handler: (payload: Told[Type]) => void,
  { signal }: ListenOptions = {},
): Promise<() => void> {
  signal?.throwIfAborted();
  const all: Handlers[Type] = handlers[type];
  // One function may listen twice, and each listener ends by itself.
  const own = (payload: Told[Type]): void => handler(payload);
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
export function listenToState(
  handler: (change: StateChange) => void,
  options?: ListenOptions,
): Promise<() => void> {
  return listenFromNow("state", handler, () => standing.state, options);
}

/** Listens to attempts: the one that is waited for first, unless it has come to another meanwhile. */
export function listenToReconnecting(
  handler: (attempt: Reconnecting) => void,
  options?: ListenOptions,
): Promise<() => void> {
  const latest = (): Reconnecting | undefined => {
    if (!standing.next) return undefined;
    const { attempt, at } = standing.next;
    return { attempt, delayMs: at === null ? null : Math.max(0, at - Date.now()) };
  };
  return listenFromNow("reconnecting", handler, latest, options);
}

async function listenFromNow<Type extends "state" | "reconnecting">(
  type: Type,
  handler: (payload: Payloads[Type]) => void,
  latest: () => Payloads[Type] | undefined,
  options: ListenOptions = {},
): Promise<() => void> {
  let isTold = false;
  const own = (payload: Payloads[Type]): void => {
    isTold = true;
    handler(payload);
  };
  const unlisten = await listen<Type>(type, own, options);
  const payload = latest();
  if (!isTold && payload && !options.signal?.aborted) tell(new Set([handler]), payload);
  return unlisten;
}
