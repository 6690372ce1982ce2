import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Batch, StreamEvent } from "../models.js";

type Api = typeof import("../index.js");
type Call = { command: string; payload: Record<string, unknown> };
interface Channel {
  onmessage: (batch: Batch) => void;
}

let calls: Call[];
let channel: Channel | undefined;
let answer: (command: string) => unknown;

beforeEach(() => {
  calls = [];
  channel = undefined;
  answer = () => undefined;
  sessionStorage.clear();
  mockIPC((command, payload) => {
    calls.push({ command, payload: payload as Call["payload"] });
    if (command !== "plugin:signal|subscribe") return answer(command);
    channel = (payload as unknown as { channel: Channel }).channel;
    return { state: "authenticated", clientId: "c1", cursor: "e-0" };
  });
});

afterEach(() => {
  clearMocks();
});

/** The API as a page that has just been loaded sees it. */
async function load(): Promise<Api> {
  vi.resetModules();
  return import("../index.js");
}

function receive(cursor: string, events: StreamEvent[], missed = 0): void {
  channel?.onmessage({ events, missed, cursor });
}

function message(event: string, data: unknown): StreamEvent {
  return { type: "message", payload: { event, data } };
}

test("each function calls its command", async () => {
  const api = await load();
  await api.connect("t");
  await api.send("chat", { a: 1 });
  await api.request("ask", 1, { timeoutMs: 5 });
  await api.join(["r"]);
  await api.leave(["r"]);
  await api.updateToken("u");
  await api.getState();
  await api.getClientId();
  await api.stats();
  await api.explain();
  await api.disconnect();
  expect(calls.map(({ command }) => command.replace("plugin:signal|", ""))).toEqual([
    "connect",
    "send_message",
    "request",
    "join_rooms",
    "leave_rooms",
    "update_token",
    "get_state",
    "get_client_id",
    "stats",
    "explain",
    "disconnect",
  ]);
  expect(calls[2]?.payload).toEqual({ event: "ask", data: 1, timeoutMs: 5 });
});

test("a message reaches those who listen to its event, until they stop", async () => {
  const api = await load();
  const heard: unknown[] = [];
  const unlisten = await api.onMessage("chat", (data) => heard.push(data));
  receive("e-2", [message("chat", 1), message("other", 2)]);
  unlisten();
  receive("e-3", [message("chat", 3)]);
  expect(heard).toEqual([1]);
});

test("all listeners of a page share one stream", async () => {
  const api = await load();
  await Promise.all([api.onMessage("a", () => {}), api.onState(() => {}), api.onError(() => {})]);
  expect(calls).toHaveLength(1);
});

test("a page that reloads goes on where it stood", async () => {
  const before = await load();
  await before.onMessage("chat", () => {});
  receive("e-7", [message("chat", 1)]);
  const after = await load();
  await after.onMessage("chat", () => {});
  expect(calls.map(({ payload }) => payload["cursor"])).toEqual([null, "e-7"]);
});

test("what is missing is told before what comes", async () => {
  const api = await load();
  const heard: unknown[] = [];
  await api.onMissed((count) => heard.push(count));
  await api.onMessage("chat", (data) => heard.push(data));
  receive("e-9", [message("chat", "x")], 4);
  expect(heard).toEqual([4, "x"]);
});

test("an aborted listener hears nothing", async () => {
  const api = await load();
  const ending = new AbortController();
  const heard: unknown[] = [];
  await api.onMessage("chat", (data) => heard.push(data), { signal: ending.signal });
  ending.abort();
  receive("e-1", [message("chat", 1)]);
  expect(heard).toEqual([]);
  await expect(api.onState(() => {}, { signal: ending.signal })).rejects.toThrow();
});

test("an aborted request rejects with the reason", async () => {
  const api = await load();
  answer = () => new Promise(() => {});
  const ending = new AbortController();
  const reply = api.request("ask", null, { signal: ending.signal });
  ending.abort(new Error("enough"));
  await expect(reply).rejects.toThrow("enough");
});

test("a handler that throws does not keep others from hearing", async () => {
  const api = await load();
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  const heard: unknown[] = [];
  await api.onMessage("chat", () => {
    throw new Error("mine");
  });
  await api.onMessage("chat", (data) => heard.push(data));
  receive("e-1", [message("chat", 1)]);
  expect(heard).toEqual([1]);
  expect(reported).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});
