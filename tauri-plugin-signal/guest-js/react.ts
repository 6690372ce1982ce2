/** Hooks for React. */
import { useEffect, useRef, useState } from "react";

import type { ConnectionState } from "./models.js";
import { onMessage, onReconnecting, onState } from "./index.js";

export interface Connection {
  /** `undefined` until Rust has told. */
  state: ConnectionState | undefined;
  /** While reconnecting: which attempt comes next, and when. */
  next: { attempt: number; delayMs: number | null } | undefined;
  /** Why the last connection, or the last attempt, ended. */
  reason: string | undefined;
}

const unknown: Connection = { state: undefined, next: undefined, reason: undefined };

/** Where the connection stands. */
export function useConnection(): Connection {
  const [connection, setConnection] = useState(unknown);
  useEffect(() => {
    const ending = new AbortController();
    const options = { signal: ending.signal };
    Promise.all([
      onState(({ state, reason }) => {
        setConnection({ state, next: undefined, reason });
      }, options),
      onReconnecting((next) => setConnection((now) => ({ ...now, next })), options),
    ]).catch(reportError);
    return () => ending.abort();
  }, []);
  return connection;
}

/** Listens to the messages of one event while the component is there. */
export function useMessage<T = unknown>(event: string, handler: (data: T) => void): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    const ending = new AbortController();
    onMessage<T>(event, (data) => latest.current(data), { signal: ending.signal }).catch(
      reportError,
    );
    return () => ending.abort();
  }, [event]);
}
