import {
  type IBunServer,
  type IWebSocketData,
  RedisHelper,
  WebSocketServerHelper,
} from '@venizia/ignis-helpers';

import { Commands } from './commands';
import { startRedis } from './redis';
import { Sessions } from './sessions';
import type { Settings } from './settings';
import { ruleOf } from './tokens';

/** What a test needs to know to connect, and to join a second server to the same Redis. */
export interface Address {
  port: number | undefined;
  redisPort: number;
  serverId: string;
}

/** Starts the package's server on loopback, for the life of this process. */
export async function serve(settings: Settings): Promise<Address> {
  const redisPort = settings.redisPort ?? (await startRedis());
  const redisConnection = new RedisHelper({
    name: 'interop',
    host: '127.0.0.1',
    port: redisPort,
    password: '',
  });
  const sessions = new Sessions(settings);

  // The helper wants the server, and the server the helper's handler: `reload` below puts it in place.
  const server = Bun.serve<IWebSocketData>({
    hostname: '127.0.0.1',
    port: settings.port,
    fetch: notFound,
    websocket: { message() {} },
  });

  const helper: WebSocketServerHelper = new WebSocketServerHelper({
    identifier: 'interop',
    // The package's types of Bun's interfaces lag behind Bun's own: hence the two casts in this file.
    server: server as unknown as IBunServer,
    redisConnection,
    path: settings.path,
    authTimeout: settings.authTimeoutMs,
    heartbeatInterval: settings.heartbeatIntervalMs,
    heartbeatTimeout: settings.heartbeatTimeoutMs,
    requireEncryption: settings.requireEncryption,
    serverOptions: { idleTimeout: settings.idleTimeoutSeconds },
    authenticateFn: async ({ token }) => {
      const rule = ruleOf(token);
      if (!rule) {
        return null;
      }
      await Bun.sleep(rule.delayMs);
      return { userId: rule.userId };
    },
    handshakeFn: async ({ clientId, data }) => {
      const rule = ruleOf(data.token);
      if (rule?.early) {
        // While the handshake runs, the client counts as authenticated, but not yet as encrypted.
        helper.joinRoom({ clientId, room: 'early' });
        helper.broadcast({ event: 'early-broadcast', data: { to: clientId } });
        helper.sendToRoom({ room: 'early', event: 'early-room', data: { to: clientId } });
      }
      if (rule?.hang) {
        return new Promise(() => {});
      }
      return sessions.handshake(clientId, data);
    },
    outboundTransformer: opts => sessions.outbound(opts),
    // As slow as a look into a database. Rooms that begin with `private-` are refused.
    validateRoomFn: async ({ rooms }) => {
      await Bun.sleep(settings.roomCheckMs);
      return rooms.filter(room => !room.startsWith('private-'));
    },
    messageHandler: ({ clientId, message }) => commands.handle(clientId, message),
    clientDisconnectedFn: ({ clientId }) => sessions.forget(clientId),
  });
  const commands = new Commands(helper, sessions);

  await helper.configure();
  server.reload({
    fetch: request => upgrade(request, server, settings.path),
    websocket: helper.getBunWebSocketHandler() as unknown as Bun.WebSocketHandler<IWebSocketData>,
  });
  return { port: server.port, redisPort, serverId: Reflect.get(helper, 'serverId') };
}

/** The upgrade as IGNIS's own component does it: everyone gets in, and has to authenticate afterwards. */
function upgrade(
  request: Request,
  server: Bun.Server<IWebSocketData>,
  path: string,
): Response | undefined {
  const isUpgrade =
    new URL(request.url).pathname === path &&
    request.headers.get('upgrade')?.toLowerCase() === 'websocket';
  if (!isUpgrade) {
    return notFound();
  }
  const upgraded = server.upgrade(request, { data: { clientId: crypto.randomUUID() } });
  return upgraded ? undefined : new Response('WebSocket upgrade failed', { status: 500 });
}

function notFound(): Response {
  return new Response('Not found', { status: 404 });
}
