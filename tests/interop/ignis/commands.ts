import { type IWebSocketClient, WebSocketEvents, type WebSocketServerHelper } from '@venizia/ignis-helpers';
import { z } from 'zod';

import { type Frame, Plaintext, Reply, type Sessions } from './sessions';

const Message = z.looseObject({ event: z.string(), data: z.unknown().optional(), id: z.unknown().optional() });
type Message = z.infer<typeof Message>;

interface Request {
  client: IWebSocketClient;
  /** The decrypted message. */
  message: Message;
  /** The outer message, as it came. */
  outer: Message;
}

const Delivery = z.object({ event: z.string(), data: z.unknown() });

/** The events that this server understands: a client under test asks by them for what a real server does to it. */
export class Commands {
  constructor(
    private readonly helper: WebSocketServerHelper,
    private readonly sessions: Sessions,
  ) {}

  /** The package's handler of every message that is not a control event. */
  async handle(clientId: string, received: unknown): Promise<void> {
    const client = this.helper.getClients({ id: clientId }) as IWebSocketClient | undefined;
    if (!client) {
      return;
    }
    const outer = Message.parse(received);
    if (!client.encrypted) {
      return this.run({ client, message: outer, outer });
    }
    if (outer.event !== WebSocketEvents.ENCRYPTED) {
      return this.reply({ client, message: outer, outer }, { message: 'Encryption required' }, 'error');
    }
    // A frame that cannot be decrypted rejects here: the package logs it, and the client hears nothing.
    const message = Message.parse(await this.sessions.decrypt(clientId, outer.data as Frame));
    return this.run({ client, message, outer });
  }

  private async run(request: Request): Promise<void> {
    const { client, message, outer } = request;
    const { socket } = client;
    switch (message.event) {
      case 'echo': {
        return this.reply(request, message.data);
      }
      case 'echo-many': {
        const { n, bytes } = z
          .object({ n: z.number().int(), bytes: z.number().int().default(0) })
          .parse(message.data);
        const pad = 'x'.repeat(bytes);
        for (let i = 0; i < n; i += 1) {
          this.reply(request, { n: i, pad });
        }
        return;
      }
      case 'big': {
        const { bytes } = z.object({ bytes: z.number().int() }).parse(message.data);
        return this.reply(request, { text: 'x'.repeat(bytes) });
      }
      case 'who': {
        return this.reply(request, { id: client.id, userId: client.userId, rooms: [...client.rooms] });
      }
      case 'sleep': {
        const { ms } = z.object({ ms: z.number() }).parse(message.data);
        await Bun.sleep(ms);
        return this.reply(request, { ms });
      }
      case 'room': {
        const { room, event, data } = Delivery.extend({ room: z.string() }).parse(message.data);
        this.helper.send({ destination: room, payload: { topic: event, data } });
        return this.reply(request, {});
      }
      case 'broadcast': {
        const { event, data } = Delivery.parse(message.data);
        this.helper.send({ payload: { topic: event, data } });
        return this.reply(request, {});
      }
      case 'to-user': {
        const { userId, event, data } = Delivery.extend({ userId: z.string() }).parse(message.data);
        this.helper.sendToUser({ userId, event, data });
        return this.reply(request, {});
      }
      case 'to-client': {
        const { clientId, event, data } = Delivery.extend({ clientId: z.string() }).parse(message.data);
        this.helper.send({ destination: clientId, payload: { topic: event, data } });
        return this.reply(request, {});
      }
      case 'plaintext': {
        const { event, data } = Delivery.parse(message.data);
        this.helper.sendToClient({ clientId: client.id, event, data: new Plaintext(data) });
        return this.reply(request, {});
      }
      case 'replay': {
        const frame = await this.sessions.encrypt(client.id, message);
        send(client, { event: WebSocketEvents.ENCRYPTED, data: frame });
        send(client, { event: WebSocketEvents.ENCRYPTED, data: frame });
        return;
      }
      case 'tamper': {
        const { iv, ct } = await this.sessions.encrypt(client.id, message);
        const bytes = Buffer.from(ct, 'base64');
        bytes[0] = (bytes[0] ?? 0) ^ 1;
        send(client, { event: WebSocketEvents.ENCRYPTED, data: { iv, ct: bytes.toString('base64') } });
        return;
      }
      case 'reflect': {
        send(client, outer);
        return;
      }
      case 'close': {
        const { code, reason } = z.object({ code: z.number().int(), reason: z.string() }).parse(message.data);
        socket.close(code, reason);
        return;
      }
      case 'cut': {
        // The package's type of a socket leaves out what Bun's has.
        (socket as unknown as Bun.ServerWebSocket).terminate();
        return;
      }
      case 'shutdown': {
        // The listener stays open, as in any app that stops only the helper: late clients still get in.
        return this.helper.shutdown();
      }
      default: {
        return this.reply(request, { message: `Unknown event: ${message.event}` }, 'error');
      }
    }
  }

  private reply(request: Request, data: unknown, event = request.message.event): void {
    const { client, message } = request;
    if (client.encrypted) {
      this.helper.sendToClient({ clientId: client.id, event, data: new Reply(data, message.id) });
    } else {
      send(client, { event, data, id: message.id });
    }
  }
}

/** Past the package and its transformer, exactly as given. */
function send(client: IWebSocketClient, message: object): void {
  client.socket.send(JSON.stringify(message));
}
