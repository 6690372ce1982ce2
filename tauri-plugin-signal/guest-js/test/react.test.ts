import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { message, page } from "./page.js";

let hooks: typeof import("../react.js");

beforeEach(async () => {
  vi.resetModules();
  hooks = await import("../react.js");
});

afterEach(cleanup);

test("a component follows the connection", async () => {
  const { result } = renderHook(() => hooks.useConnection());
  expect(result.current.state).toBeUndefined();
  await waitFor(() => expect(result.current.state).toBe("authenticated"));
  act(() =>
    page.receive("e-1", [
      { type: "state", payload: { state: "reconnecting", reason: "cut" } },
      { type: "reconnecting", payload: { attempt: 2, delayMs: 3_000 } },
    ]),
  );
  expect(result.current).toEqual({
    state: "reconnecting",
    reason: "cut",
    next: { attempt: 2, delayMs: 3_000 },
  });
  act(() => page.receive("e-2", [{ type: "state", payload: { state: "authenticated" } }]));
  expect(result.current).toEqual({ state: "authenticated", reason: undefined, next: undefined });
});

test("a component hears messages by its latest handler, as long as it is there", async () => {
  const heard: unknown[] = [];
  const { rerender, unmount } = renderHook(
    ({ name }) => hooks.useMessage("chat", (data) => heard.push([name, data])),
    { initialProps: { name: "first" } },
  );
  await waitFor(() => expect(page.channel).toBeDefined());
  page.receive("e-1", [message("chat", 1)]);
  rerender({ name: "second" });
  page.receive("e-2", [message("chat", 2)]);
  unmount();
  page.receive("e-3", [message("chat", 3)]);
  expect(heard).toEqual([
    ["first", 1],
    ["second", 2],
  ]);
});
