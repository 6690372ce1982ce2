/** What this client uses of a WebSocket. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: { message?: string }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number): void;

  /** Reads no more, so that TCP holds the server back. Bun and `ws` have it; the standard, and a browser, do not. */
  pause(): void;
  resume(): void;
}

/** The `readyState` of a socket that can send. */
export const OPEN = 1;

/** Opens Bun's own WebSocket, or on Node that of `ws`: Node itself has one since version 22 only. */
export const openSocket: (url: string) => Socket = process.versions['bun']
  ? url => new WebSocket(url) as unknown as Socket
  : await socketOfNode();

async function socketOfNode(): Promise<(url: string) => Socket> {
  const { WebSocket } = await import('ws');
  return url => new WebSocket(url, { perMessageDeflate: false }) as Socket;
}
