import { expect, test } from "vitest";

import { load, message, page } from "./page.js";

test("a message reaches those who listen to its event, until they stop", async () => {
  const api = await load();
  const heard: unknown[] = [];
  const unlisten = await api.onMessage("chat", (data) => heard.push(data));
  page.receive("e-2", [message("chat", 1), message("other", 2)]);
  unlisten();
  page.receive("e-3", [message("chat", 3)]);
  expect(heard).toEqual([1]);
});

test("all listeners of a page share one stream", async () => {
  const api = await load();
  await Promise.all([api.onMessage("a", () => {}), api.onState(() => {}), api.onError(() => {})]);
  expect(page.commands()).toEqual(["subscribe"]);
});

test("a listener that could not be added is not there, and the next one tries again", async () => {
  const api = await load();
  page.snapshot = undefined as never;
  await expect(api.onMessage("chat", () => {})).rejects.toThrow();
  page.snapshot = { state: null, reconnecting: null, clientId: null, cursor: "e-0" };
  await api.onMessage("chat", () => {});
  expect(page.commands()).toEqual(["subscribe", "subscribe"]);
});

test("a page that reloads goes on where it stood", async () => {
  const before = await load();
  await before.onMessage("chat", () => {});
  page.receive("e-7", [message("chat", 1)]);
  const after = await load();
  await after.onMessage("chat", () => {});
  const subscribes = page.calls.filter(({ command }) => command === "subscribe");
  expect(subscribes.map(({ payload }) => payload["cursor"])).toEqual([null, "e-7"]);
});

test("a batch is acknowledged when its handlers have run", async () => {
  const api = await load();
  const commands: string[][] = [];
  await api.onMessage("chat", () => commands.push(page.commands()));
  page.receive("e-4", [message("chat", 1)]);
  expect(commands).toEqual([["subscribe"]]);
  const acknowledged = { channel: page.channel?.id, cursor: "e-4" };
  expect(page.calls[1]).toEqual({ command: "acknowledge", payload: acknowledged });
});

test("what is missing is told before what comes", async () => {
  const api = await load();
  const heard: unknown[] = [];
  await api.onMissed((count) => heard.push(count));
  await api.onMessage("chat", (data) => heard.push(data));
  page.receive("e-9", [message("chat", "x")], 4);
  expect(heard).toEqual([4, "x"]);
});

test("who listens to the state is told the one that there is", async () => {
  const api = await load();
  const [early, late]: [unknown[], unknown[]] = [[], []];
  await api.onState((change) => early.push(change));
  page.receive("e-1", [{ type: "state", payload: { state: "reconnecting", reason: "cut" } }]);
  await api.onState((change) => late.push(change));
  expect(early).toEqual([{ state: "authenticated" }, { state: "reconnecting", reason: "cut" }]);
  expect(late).toEqual([{ state: "reconnecting", reason: "cut" }]);
});

test("who listens to attempts is told the one that is waited for", async () => {
  const api = await load();
  const [early, late]: [unknown[], unknown[]] = [[], []];
  const next = { attempt: 2, delayMs: null };
  page.snapshot = { ...page.snapshot, state: { state: "reconnecting" }, reconnecting: next };
  await api.onReconnecting((attempt) => early.push(attempt));
  expect(early).toEqual([next]);
  page.receive("e-1", [{ type: "state", payload: { state: "connecting" } }]);
  await api.onReconnecting((attempt) => late.push(attempt));
  expect(late).toEqual([]);
});

test("each kind of event reaches its listeners", async () => {
  const api = await load();
  const heard: unknown[] = [];
  const hear = (payload: unknown): void => void heard.push(payload);
  await api.onConnected(hear);
  await api.onDisconnected(hear);
  await api.onReconnecting(hear);
  await api.onError(hear);
  await api.onAnyMessage(hear);
  const payloads = [
    { type: "connected", payload: { clientId: "c", userId: "ann" } },
    { type: "disconnected", payload: { reason: "gone", cause: "auth_rejected", code: 4003 } },
    { type: "reconnecting", payload: { attempt: 1, delayMs: null } },
    { type: "error", payload: { code: "lagged", message: "too slow" } },
    { type: "message", payload: { event: "chat", data: 1 } },
  ] as const;
  page.receive("e-5", [...payloads]);
  expect(heard).toEqual(payloads.map(({ payload }) => payload));
});

test("an aborted listener hears nothing", async () => {
  const api = await load();
  const ending = new AbortController();
  const heard: unknown[] = [];
  await api.onMessage("chat", (data) => heard.push(data), { signal: ending.signal });
  ending.abort();
  page.receive("e-1", [message("chat", 1)]);
  expect(heard).toEqual([]);
  await expect(api.onState(() => {}, { signal: ending.signal })).rejects.toThrow();
});

test("a handler that throws does not keep others from hearing", async () => {
  const api = await load();
  const heard: unknown[] = [];
  await api.onMessage("chat", () => {
    throw new Error("mine");
  });
  await api.onMessage("chat", (data) => heard.push(data));
  page.receive("e-1", [message("chat", 1)]);
  expect(heard).toEqual([1]);
  expect(page.reported).toHaveBeenCalledExactlyOnceWith(new Error("mine"));
});
