/** A page whose IPC ends here instead of in Rust. */
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, vi } from "vitest";

import type { Batch, Snapshot, StreamEvent } from "../models.js";

export interface Call {
  command: string;
  payload: Record<string, unknown>;
}

export const page = {
  calls: [] as Call[],
  /** What commands return; what it throws, they reject with. */
  answer: (_command: string): unknown => undefined,
  snapshot: {} as Snapshot,
  /** Where errors of handlers go. */
  reported: vi.fn(),
  channel: undefined as { id: number; onmessage: (batch: Batch) => void } | undefined,

  /** The names of the commands that were called. */
  commands(): string[] {
    return page.calls.map(({ command }) => command);
  },

  /** Brings a batch by the stream. */
  receive(cursor: string, events: StreamEvent[], missed = 0): void {
    page.channel?.onmessage({ events, missed, cursor });
  },
};

export function message(event: string, data: unknown): StreamEvent {
  return { type: "message", payload: { event, data } };
}

/** The module as a page that has just been loaded sees it. */
export function load(): Promise<typeof import("../index.js")> {
  vi.resetModules();
  return import("../index.js");
}

beforeEach(() => {
  page.calls = [];
  page.answer = () => undefined;
  page.snapshot = {
    state: { state: "authenticated" },
    reconnecting: null,
    clientId: "c1",
    cursor: "e-0",
  };
  page.reported = vi.fn();
  page.channel = undefined;
  vi.stubGlobal("reportError", page.reported);
  sessionStorage.clear();
  mockIPC((name, payload) => {
    const call = { command: name.replace("plugin:signal|", ""), payload: payload as Call["payload"] };
    page.calls.push(call);
    if (call.command !== "subscribe") return page.answer(call.command);
    page.channel = call.payload["channel"] as NonNullable<typeof page.channel>;
    return page.snapshot;
  });
});

afterEach(() => {
  clearMocks();
  vi.unstubAllGlobals();
});
