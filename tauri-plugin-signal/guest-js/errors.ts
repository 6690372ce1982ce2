import { invoke } from "@tauri-apps/api/core";

/** What commands reject with. */
export class SignalError extends Error {
  override readonly name = "SignalError";

  /**
   * @param code - A stable name for programs, such as `not_connected`; `not_invoked` where Tauri did
   *   not run the command, since no capability allows it or an argument is of the wrong type.
   */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Runs a command of the plugin. */
export async function call<T>(command: string, payload?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(`plugin:signal|${command}`, payload);
  } catch (error) {
    throw signalError(error);
  }
}

function signalError(error: unknown): SignalError {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return typeof code === "string" && typeof message === "string"
    ? new SignalError(code, message)
    : new SignalError("not_invoked", String(error));
}
