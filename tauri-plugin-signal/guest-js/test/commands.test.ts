import { expect, test } from "vitest";

import { load, page } from "./page.js";

test("each function calls its command", async () => {
  const api = await load();
  await api.connect("t");
  await api.send("chat", { a: 1 });
  await api.send("chat", 2, { ttlMs: 60_000 });
  await api.request("ask", 1, { timeoutMs: 5 });
  await api.join(["r"]);
  await api.leave(["r"]);
  await api.updateToken("u");
  await api.getState();
  await api.getClientId();
  await api.stats();
  await api.explain();
  await api.disconnect();
  expect(page.calls).toEqual([
    { command: "connect", payload: { token: "t" } },
    { command: "send_message", payload: { event: "chat", data: { a: 1 } } },
    { command: "send_message", payload: { event: "chat", data: 2, ttlMs: 60_000 } },
    { command: "request", payload: { event: "ask", data: 1, timeoutMs: 5 } },
    { command: "join_rooms", payload: { rooms: ["r"] } },
    { command: "leave_rooms", payload: { rooms: ["r"] } },
    { command: "update_token", payload: { token: "u" } },
    { command: "get_state", payload: {} },
    { command: "get_client_id", payload: {} },
    { command: "stats", payload: {} },
    { command: "explain", payload: {} },
    { command: "disconnect", payload: {} },
  ]);
});

test("a command that fails rejects with its code", async () => {
  const api = await load();
  page.answer = () => {
    throw { code: "not_connected", message: "there is no session" };
  };
  const error = await api.send("chat").catch((error: unknown) => error);
  expect(error).toBeInstanceOf(api.SignalError);
  expect(error).toMatchObject({ code: "not_connected", message: "there is no session" });
});

test("a command that Tauri does not run rejects alike", async () => {
  const api = await load();
  page.answer = () => {
    throw "signal.stats not allowed";
  };
  await expect(api.stats()).rejects.toMatchObject({
    name: "SignalError",
    code: "not_invoked",
    message: "signal.stats not allowed",
  });
});

test("an aborted request rejects with the reason", async () => {
  const api = await load();
  page.answer = () => new Promise(() => {});
  const ending = new AbortController();
  const reply = api.request("ask", null, { signal: ending.signal });
  ending.abort(new Error("enough"));
  await expect(reply).rejects.toThrow("enough");
  await expect(api.request("ask", null, { signal: ending.signal })).rejects.toThrow("enough");
  expect(page.commands()).toEqual(["request"]);
});
