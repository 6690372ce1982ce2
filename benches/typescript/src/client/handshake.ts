import { fromBase64, toBase64 } from './base64.ts';

const CURVE: EcKeyGenParams = { name: 'ECDH', namedCurve: 'P-256' };
const INFO = new TextEncoder().encode('nx-signal-e2e');

/** The key exchange of one connection: ECDH on P-256, then HKDF-SHA-256. */
export class Handshake {
  /** Our public key, the base64 of an uncompressed point. */
  readonly publicKey: string;

  private readonly privateKey: CryptoKey;

  private constructor(publicKey: string, privateKey: CryptoKey) {
    this.publicKey = publicKey;
    this.privateKey = privateKey;
  }

  /** Begins one with these keys, by default with new ones. */
  static async begin(
    keys: CryptoKeyPair | Promise<CryptoKeyPair> = crypto.subtle.generateKey(CURVE, false, ['deriveKey']),
  ): Promise<Handshake> {
    const { publicKey, privateKey } = await keys;
    const point = await crypto.subtle.exportKey('raw', publicKey);
    return new Handshake(toBase64(new Uint8Array(point)), privateKey);
  }

  /** The key for both directions. WebCrypto checks that the point is on the curve. */
  async derive(serverPublicKey: string, salt: string): Promise<CryptoKey> {
    const server = await crypto.subtle.importKey('raw', fromBase64(serverPublicKey), CURVE, false, []);
    // Straight to a key for HKDF: by `deriveBits` and `importKey` it is one wait more.
    const shared = await crypto.subtle.deriveKey({ name: 'ECDH', public: server }, this.privateKey, 'HKDF', false, [
      'deriveKey',
    ]);
    return crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: fromBase64(salt), info: INFO },
      shared,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    );
  }
}
