/** Where the connection stands, and how that is said. */

export type Connection =
  | { state: "disconnected"; reason?: string }
  | { state: "connecting" }
  | { state: "connected" }
  | {
      state: "reconnecting";
      /** Unknown to a page that comes while another attempt is waited for. */
      attempt?: number;
      /** When it begins; `null` while there is no network. */
      at?: number | null;
      reason?: string;
    };

/** The banner's words. What counts down stands apart: it is not to be read out every second. */
export interface Words {
  text: string;
  countdown: string;
}

export function describe(connection: Connection, me: string, now: number): Words {
  switch (connection.state) {
    case "connected":
      return { text: `Connected as ${me}`, countdown: "" };
    case "connecting":
      return { text: "Connecting…", countdown: "" };
    case "disconnected": {
      const { reason } = connection;
      return { text: reason ? `Disconnected: ${reason}` : "Disconnected", countdown: "" };
    }
    case "reconnecting": {
      const { attempt, at } = connection;
      if (attempt === undefined || at === undefined)
        return { text: "Reconnecting…", countdown: "" };
      const text = `Reconnecting: attempt ${attempt}`;
      if (at === null) return { text: `${text} as soon as there is a network`, countdown: "" };
      return { text, countdown: ` in ${secondsUntil(at, now)} s` };
    }
  }
}

/** Whole seconds: it says 1 until the time has come. */
export function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1_000));
}

/** What a person can do about a connection that did not come about. */
export function advice(code: string): string {
  switch (code) {
    case "auth_rejected":
    case "token_empty":
    case "token_missing":
    case "token_too_long":
      return "Check the token, and try again.";
    case "key_refused":
    case "encryption_missing":
    case "server_key_mismatch":
      return "App and server do not fit together: ask whoever runs the server.";
    default:
      return "Check that the server runs and can be reached, and try again.";
  }
}

/** Why a line was not sent, for who wrote it. */
export function unsent(code: string, message: string): string {
  switch (code) {
    case "not_connected":
      return "there is no connection";
    case "request_connection_lost":
      return "the connection was lost; others may have got it";
    case "request_timed_out":
      return "the server does not answer; others may have got it";
    default:
      return message;
  }
}
