import { setTimeout as delay } from 'node:timers/promises';

import { deferred } from '../deferred.ts';
import { type Greeting, greet } from './greeting.ts';
import type { Message } from './message.ts';
import { Opener } from './opener.ts';
import { Requests } from './requests.ts';
import { Sealer } from './sealer.ts';
import { type Socket, openSocket } from './socket.ts';

type Handler = (data: unknown) => void;

const HEARTBEAT_MS = 30_000;
const HEARTBEAT = '{"event":"heartbeat"}';
const NORMAL_CLOSE = 1000;

/** Frames that are decrypted side by side before no more are read, and when reading goes on. */
const MAX_OPENING = 256;
const FEW_OPENING = 64;

/** Messages that are encrypted side by side before a sender has to wait, and until when it waits. */
const MAX_SEALING = 256;
const FEW_SEALING = 128;

/** Bytes that wait for the network before a sender has to wait. */
const MAX_QUEUED_BYTES = 1 << 20;

/**
 * A client as a good TypeScript engineer writes it: WebSocket, WebCrypto, JSON. One session, without reconnecting.
 *
 * Handlers are called as soon as a frame is decrypted. While a handler works nothing is read, so that TCP holds the
 * server back: there is no queue between client and app. The one before it, of frames that are being decrypted, is
 * bounded by pausing the socket.
 */
export class Client {
  private readonly socket: Socket;
  private readonly sealer: Sealer;
  private readonly opener: Opener;
  private readonly requests = new Requests();
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly ending = deferred<never>();
  private endedBy: Error | undefined;
  private isPaused = false;
  private droppedMessages: number;

  /** Connects and authenticates. */
  static async connect(url: string, token: string): Promise<Client> {
    const socket = openSocket(url);
    return new Client(socket, await greet(socket, token));
  }

  private constructor(socket: Socket, { key, early, dropped }: Greeting) {
    // Nobody has to wait for it.
    this.ending.promise.catch(() => {});
    this.droppedMessages = dropped;
    this.socket = socket;
    this.sealer = new Sealer(key, text => this.transmit(text));
    this.opener = new Opener(key, this.sealer.prefix, plaintext => this.deliver(plaintext));
    this.heartbeat = setInterval(() => socket.send(HEARTBEAT), HEARTBEAT_MS);
    socket.onmessage = ({ data }) => this.receive(String(data));
    socket.onerror = ({ message }) => this.end(new Error(`the connection failed: ${message}`));
    socket.onclose = ({ code, reason }) => this.end(new Error(`the connection is closed: ${code} ${reason}`));
    for (const text of early) this.receive(text);
  }

  /** Rejects when the connection has ended. */
  get ended(): Promise<never> {
    return this.ending.promise;
  }

  /** What was received and dropped: not authentic, replayed, reflected, in plaintext, or taken by nobody. */
  get dropped(): number {
    return this.droppedMessages + this.opener.dropped;
  }

  /** Calls the handler with the payloads of an event, until the function that is returned is called. */
  on<Data>(event: string, handler: (data: Data) => void): () => void {
    const added: Handler = data => handler(data as Data);
    const handlers = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, handlers.add(added));
    return () => handlers.delete(added);
  }

  /** Sends an event. Where there is no room for more, the promise says when there is. */
  send(event: string, data: unknown): Promise<void> | undefined {
    this.seal({ event, data });
    const hasRoom = this.sealer.underWay < MAX_SEALING && this.socket.bufferedAmount < MAX_QUEUED_BYTES;
    return hasRoom ? undefined : this.room();
  }

  /** Sends an event and waits for the reply of the same id. */
  request<Reply>(event: string, data: unknown): Promise<Reply> {
    const { id, reply } = this.requests.begin<Reply>();
    this.seal({ event, data, id });
    return reply;
  }

  /** Closes the connection, and waits until it is closed. */
  async close(): Promise<void> {
    // A socket that is paused would not see that the server closes too.
    this.socket.resume();
    this.socket.close(NORMAL_CLOSE);
    await this.ended.catch(() => {});
  }

  private seal(message: Message): void {
    if (this.endedBy) throw this.endedBy;
    this.sealer.seal(JSON.stringify(message));
  }

  private transmit(text: string | undefined): void {
    if (this.endedBy) return;
    if (text !== undefined) {
      this.socket.send(text);
    } else {
      this.end(new Error('WebCrypto has failed'));
      this.socket.close(NORMAL_CLOSE);
    }
  }

  /** The WebSocket says how much it has queued, and not when that has become less: so this looks. */
  private async room(): Promise<void> {
    await this.sealer.whenAtMost(FEW_SEALING);
    while (this.socket.bufferedAmount >= MAX_QUEUED_BYTES && !this.endedBy) await delay(1);
  }

  private receive(text: string): void {
    this.opener.open(text);
    if (!this.isPaused && this.opener.underWay >= MAX_OPENING) {
      this.isPaused = true;
      this.socket.pause();
    }
  }

  private deliver(plaintext: string): void {
    if (this.isPaused && this.opener.underWay <= FEW_OPENING) {
      this.isPaused = false;
      this.socket.resume();
    }
    try {
      const message: Message = JSON.parse(plaintext);
      if (this.requests.settle(message)) return;
      const handlers = this.handlers.get(message.event);
      if (!handlers?.size) this.droppedMessages++;
      else for (const handler of handlers) handler(message.data);
    } catch (cause) {
      // Of the app's handler, or what the server has sent is no JSON: what comes next is delivered all the same.
      this.droppedMessages++;
      console.error(cause);
    }
  }

  private end(cause: Error): void {
    if (this.endedBy) return;
    this.endedBy = cause;
    clearInterval(this.heartbeat);
    this.requests.fail(cause);
    this.ending.reject(cause);
  }
}
