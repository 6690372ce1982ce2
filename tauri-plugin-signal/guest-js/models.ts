/** What crosses from Rust; `src/models.rs` is the other side, and a test compares the two. */

export type ConnectionState =
  | "disconnected"
  | "connecting"
  | "connected"
  | "authenticating"
  | "authenticated"
  | "reconnecting";

export interface StateChange {
  state: ConnectionState;
  /** Why, where the change is the end of a connection or of an attempt. */
  reason?: string;
  /** A stable name of the reason for programs, such as `connection_lost`. */
  cause?: string;
}

/** Who the server says we are. */
export interface Session {
  /** Id of this connection, new after every reconnect. */
  clientId: string;
  userId?: string;
}

export interface Disconnected {
  reason: string;
  /** A stable name of the reason for programs, such as `auth_rejected`. */
  cause: string;
  /** The WebSocket close code, where one stands for the reason. */
  code?: number;
}

export interface Reconnecting {
  attempt: number;
  /** `null` while there is no network. */
  delayMs: number | null;
}

export interface Message<T = unknown> {
  event: string;
  data: T;
}

/** What `onError` tells. */
export interface SignalFailure {
  /** A stable name for programs. */
  code: string;
  message: string;
}

export interface Stats {
  state: ConnectionState;
  connectedForMs: number | null;
  rttMs: number | null;
  attempts: number;
  sessions: number;
  messagesReceived: number;
  messagesSent: number;
  bytesReceived: number;
  bytesSent: number;
  dropped: number;
  lagged: number;
  expired: number;
  unsent: number;
  lastClose: string | null;
}

/** The events of a stream, by type. */
export interface Payloads {
  state: StateChange;
  connected: Session;
  disconnected: Disconnected;
  reconnecting: Reconnecting;
  message: Message;
  error: SignalFailure;
}

export type StreamEvent = {
  [Type in keyof Payloads]: { type: Type; payload: Payloads[Type] };
}[keyof Payloads];

export interface Batch {
  events: StreamEvent[];
  /** Events before these that were kept no longer. */
  missed: number;
  cursor: string;
}

/** Where a stream begins. */
export interface Snapshot {
  /** `null` where the stream begins with events that tell it, as is `reconnecting`. */
  state: StateChange | null;
  reconnecting: Reconnecting | null;
  clientId: string | null;
  cursor: string;
}
