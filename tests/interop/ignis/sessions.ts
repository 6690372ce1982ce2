import { ECDH, type IWebSocketClient, WebSocketEvents } from '@venizia/ignis-helpers';

import type { Settings } from './settings';

/** A reply that carries the `id` of its request: the package itself knows only `event` and `data`. */
export class Reply {
  constructor(
    readonly data: unknown,
    readonly id: unknown,
  ) {}
}

/** Data that leaves without encryption, by the fallback of the package for a transformer that returns null. */
export class Plaintext {
  constructor(private readonly data: unknown) {}

  toJSON(): unknown {
    return this.data;
  }
}

export interface Frame {
  iv: string;
  ct: string;
}

/** The keys of the connected clients, and the cryptography that the package leaves to the app. */
export class Sessions {
  private readonly ecdh: ECDH;
  private readonly keys = new Map<string, CryptoKey>();
  private readonly staticKeyPair: ReturnType<ECDH['generateKeyPair']> | undefined;

  constructor(private readonly settings: Settings) {
    this.ecdh = ECDH.withAlgorithm({ algorithm: 'ecdh-p256', hkdfInfo: settings.hkdfInfo });
    this.staticKeyPair = settings.staticKey ? this.ecdh.generateKeyPair() : undefined;
  }

  /**
   * Agrees on a key. Null for a missing key makes the package close with 4004; a throw for a malformed one,
   * with 4003.
   */
  async handshake(clientId: string, data: Record<string, unknown>) {
    const rawKeyB64 = data[this.settings.publicKeyField];
    if (typeof rawKeyB64 !== 'string') {
      return null;
    }
    const peerPublicKey = await this.ecdh.importPublicKey({ rawKeyB64 });
    const own = await (this.staticKeyPair ?? this.ecdh.generateKeyPair());
    const { key, salt } = await this.ecdh.deriveAESKey({
      privateKey: own.keyPair.privateKey,
      peerPublicKey,
    });
    this.keys.set(clientId, key);
    return { serverPublicKey: own.publicKeyB64, salt };
  }

  /**
   * The documented transformer, but for `connected`, which hands over the key and cannot be encrypted with it.
   * WebCrypto finishes in any order, and so do the messages: this is the disorder of a real deployment.
   */
  async outbound(opts: { client: IWebSocketClient; event: string; data: unknown }) {
    const { client, event, data } = opts;
    if (event === WebSocketEvents.CONNECTED || data instanceof Plaintext) {
      return null;
    }
    const inner = data instanceof Reply ? { event, data: data.data, id: data.id } : { event, data };
    return { event: WebSocketEvents.ENCRYPTED, data: await this.encrypt(client.id, inner) };
  }

  encrypt(clientId: string, inner: object): Promise<Frame> {
    return this.ecdh.encrypt({ message: JSON.stringify(inner), secret: this.keyOf(clientId) });
  }

  async decrypt(clientId: string, frame: Frame): Promise<unknown> {
    return JSON.parse(await this.ecdh.decrypt({ message: frame, secret: this.keyOf(clientId) }));
  }

  forget(clientId: string): void {
    this.keys.delete(clientId);
  }

  private keyOf(clientId: string): CryptoKey {
    const key = this.keys.get(clientId);
    if (!key) {
      throw new Error(`no session key for client ${clientId}`);
    }
    return key;
  }
}
