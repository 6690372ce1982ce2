import { deferred } from '../deferred.ts';
import { Handshake } from './handshake.ts';
import type { Message } from './message.ts';
import { OPEN, type Socket } from './socket.ts';

/** How a session begins. */
export interface Greeting {
  key: CryptoKey;
  /** What came behind `connected` while the key was being derived. */
  early: string[];
  /** Messages that came before `connected`. */
  dropped: number;
}

/** What the server answers to `authenticate`. */
interface Connected {
  serverPublicKey: string;
  salt: string;
}

const WITHIN_MS = 10_000;
const NORMAL_CLOSE = 1000;

/** Waits for a connection that is being opened, authenticates, and agrees on the key. */
export async function greet(socket: Socket, token: string): Promise<Greeting> {
  // The keys are made while the connection is being opened.
  const handshake = Handshake.begin();
  const early: string[] = [];
  let dropped = 0;
  let hasConnected = false;

  const connected = deferred<Connected>();
  const onText = (text: string): void => {
    if (hasConnected) {
      early.push(text);
      return;
    }
    const { event, data }: Message = JSON.parse(text);
    if (event === 'connected') {
      hasConnected = true;
      connected.resolve(data as Connected);
    } else if (event === 'error') {
      connected.reject(new Error((data as { message: string }).message));
    } else {
      dropped++;
    }
  };
  socket.onopen = () => {
    handshake.then(({ publicKey }) => authenticate(socket, token, publicKey)).catch(connected.reject);
  };
  socket.onerror = ({ message }) => connected.reject(new Error(`no connection: ${message}`));
  socket.onclose = ({ code, reason }) => connected.reject(new Error(`the server closed: ${code} ${reason}`));
  socket.onmessage = ({ data: text }) => {
    try {
      onText(String(text));
    } catch (cause) {
      connected.reject(cause);
    }
  };
  const timer = setTimeout(() => connected.reject(new Error(`not authenticated in ${WITHIN_MS} ms`)), WITHIN_MS);

  try {
    const { serverPublicKey, salt } = await connected.promise;
    const key = await (await handshake).derive(serverPublicKey, salt);
    if (socket.readyState !== OPEN) throw new Error('the server closed');
    return { key, early, dropped };
  } catch (cause) {
    socket.close(NORMAL_CLOSE);
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

function authenticate(socket: Socket, token: string, clientPublicKey: string): void {
  socket.send(JSON.stringify({ event: 'authenticate', data: { type: 'Bearer', token, clientPublicKey } }));
}
