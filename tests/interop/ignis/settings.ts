import { z } from 'zod';

const milliseconds = z.number().int().positive();

const Settings = z.strictObject({
  /** TCP port on loopback; 0 takes a free one. */
  port: z.number().int().min(0).max(65_535).default(0),
  /** Path of the upgrade; any other path answers 404. */
  path: z.string().startsWith('/').default('/ws'),
  /** Port of a running Redis on loopback. Without it the server starts a private one, and ends it. */
  redisPort: z.number().int().min(1).max(65_535).optional(),
  /** HKDF `info`; both ends must agree. */
  hkdfInfo: z.string().default('nx-signal-e2e'),
  /** Field of `authenticate` that holds the client's public key. */
  publicKeyField: z.enum(['clientPublicKey', 'publicKey']).default('clientPublicKey'),
  /** One key pair for the life of the server, so that a client can pin it, or a fresh one per connection. */
  staticKey: z.boolean().default(false),
  requireEncryption: z.boolean().default(true),
  authTimeoutMs: milliseconds.default(5_000),
  heartbeatIntervalMs: milliseconds.default(30_000),
  heartbeatTimeoutMs: milliseconds.default(90_000),
  /** How long the asynchronous check of a join takes: a leave that comes meanwhile overtakes it. */
  roomCheckMs: z.number().int().min(0).default(5),
  /** Bun pings a connection that is silent for a little less than this, and cuts it afterwards. */
  idleTimeoutSeconds: z.number().int().min(0).max(960).default(60),
});

export type Settings = z.infer<typeof Settings>;

/** Reads the settings from one JSON argument; unknown names are refused, so that a typing error fails a test at once. */
export function settingsFrom(argument: string | undefined): Settings {
  return Settings.parse(JSON.parse(argument ?? '{}'));
}
