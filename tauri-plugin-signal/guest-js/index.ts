/**
 * One encrypted realtime connection for a Tauri app, kept in Rust.
 *
 * ```ts
 * import { connect, onMessage, send } from "tauri-plugin-signal-api";
 *
 * await onMessage<{ text: string }>("chat", ({ text }) => console.log(text));
 * await connect(token);
 * await send("chat", { text: "hello" });
 * ```
 *
 * Functions reject with a `SignalError`, whose `code` is a stable name for programs. Handlers may be
 * added at any time; those that a page adds before its first `await` get all that came while the page
 * reloaded.
 */
import { call } from "./errors.js";
import type {
  ConnectionState,
  Disconnected,
  Message,
  Reconnecting,
  Session,
  SignalFailure,
  StateChange,
  Stats,
} from "./models.js";
import { listen, listenToReconnecting, listenToState, type ListenOptions } from "./stream.js";

export { SignalError } from "./errors.js";
export type * from "./models.js";
export type { ListenOptions } from "./stream.js";

/** Ends a listener. */
export type Unlisten = () => void;

/** Connects with a token, or with the one that there is, and waits for the session. */
export function connect(token?: string): Promise<Session> {
  return call("connect", { token });
}

/** Disconnects and stops reconnecting. */
export function disconnect(): Promise<void> {
  return call("disconnect");
}

export interface SendOptions {
  /**
   * For how long the message may wait for a connection: 1 to 86,400,000. Without it, a message is
   * sent now, or `send` rejects.
   */
  ttlMs?: number;
}

/**
 * Sends a message. Resolves when it is accepted for sending; what was accepted and could not be sent
 * is told by `onError`, as `messages_unsent` or `message_expired`.
 */
export function send<T = unknown>(
  event: string,
  data?: T,
  { ttlMs }: SendOptions = {},
): Promise<void> {
  return call("send_message", { event, data, ttlMs });
}

export interface RequestOptions {
  /** How long to wait for the reply. Default: 10,000. */
  timeoutMs?: number;
  /** Stops waiting when it is aborted; the message has gone out by then. */
  signal?: AbortSignal;
}

/** Sends a message, and waits for the payload of its reply. */
export async function request<Reply = unknown, T = unknown>(
  event: string,
  data?: T,
  { timeoutMs = 10_000, signal }: RequestOptions = {},
): Promise<Reply> {
  signal?.throwIfAborted();
  const reply = call<Reply>("request", { event, data, timeoutMs });
  if (!signal) return reply;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    reply.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Enters rooms, now and in every session to come. */
export function join(rooms: string[]): Promise<void> {
  return call("join_rooms", { rooms });
}

/** Leaves rooms, and does not enter them again. */
export function leave(rooms: string[]): Promise<void> {
  return call("leave_rooms", { rooms });
}

/** The state now. */
export function getState(): Promise<ConnectionState> {
  return call("get_state");
}

/** The server's id of this connection, while a session is authenticated. */
export function getClientId(): Promise<string | null> {
  return call("get_client_id");
}

/** Sets the token for the next session. */
export function updateToken(token: string): Promise<void> {
  return call("update_token", { token });
}

/** What was counted since the app started. */
export function stats(): Promise<Stats> {
  return call("stats");
}

/** Where the connection stands, why, and what can be done about it, in words. */
export function explain(): Promise<string> {
  return call("explain");
}

/** Listens to the messages of one event; `T` is what its payload is taken for, unchecked. */
export function onMessage<T = unknown>(
  event: string,
  handler: (data: T) => void,
  options?: ListenOptions,
): Promise<Unlisten> {
  const own = (message: Message): void => {
    if (message.event === event) handler(message.data as T);
  };
  return listen("message", own, options);
}

/** Listens to all messages. */
export function onAnyMessage(
  handler: (message: Message) => void,
  options?: ListenOptions,
): Promise<Unlisten> {
  return listen("message", handler, options);
}

/** Is told the state that there is, and then every change. */
export function onState(
  handler: (change: StateChange) => void,
  options?: ListenOptions,
): Promise<Unlisten> {
  return listenToState(handler, options);
}

/** A session was authenticated, the first or one after a reconnect. */
export function onConnected(
  handler: (session: Session) => void,
  options?: ListenOptions,
): Promise<Unlisten> {
  return listen("connected", handler, options);
}

/** The connection ended, and no other one is attempted. */
export function onDisconnected(
  handler: (end: Disconnected) => void,
  options?: ListenOptions,
): Promise<Unlisten> {
  return listen("disconnected", handler, options);
}

/**
 * The connection ended, and an attempt at another one is planned. Is told the one that is waited for
 * now, and then every other.
 */
export function onReconnecting(
  handler: (attempt: Reconnecting) => void,
  options?: ListenOptions,
): Promise<Unlisten> {
  return listenToReconnecting(handler, options);
}

/** Something went wrong that no function rejects for. */
export function onError(
  handler: (error: SignalFailure) => void,
  options?: ListenOptions,
): Promise<Unlisten> {
  return listen("error", handler, options);
}

/** The page was away, or busy, for so long that this many events are kept no longer. */
export function onMissed(
  handler: (count: number) => void,
  options?: ListenOptions,
): Promise<Unlisten> {
  return listen("missed", handler, options);
}
