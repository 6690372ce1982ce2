import { toBase64 } from './base64.ts';
import { frameText } from './frame.ts';
import { InOrder } from './in-order.ts';
import { IV_BYTES, PREFIX_BYTES } from './iv.ts';
import { scratch } from './scratch.ts';

/** Bytes that a UTF-16 unit takes in UTF-8, at most. */
const MAX_BYTES_OF_A_UNIT = 3;

const MAX_COUNTER = 2 ** 32;
const encoder = new TextEncoder();

/** Encrypts what is sent, several messages side by side; the frames leave in the order of the messages. */
export class Sealer {
  /** What all our IVs begin with. */
  readonly prefix: Uint8Array;

  private readonly key: CryptoKey;
  private readonly sealing: InOrder<string>;
  private readonly iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  private readonly counter = new DataView(this.iv.buffer, PREFIX_BYTES);
  private readonly algorithm: AesGcmParams = { name: 'AES-GCM', iv: this.iv };
  private next = 0;

  /** `send` takes the text of a frame, or undefined where WebCrypto has failed. It must not throw. */
  constructor(key: CryptoKey, send: (text: string | undefined) => void) {
    this.key = key;
    this.prefix = this.iv.slice(0, PREFIX_BYTES);
    this.sealing = new InOrder((iv, ciphertext) =>
      send(ciphertext && frameText(iv, toBase64(new Uint8Array(ciphertext)))),
    );
  }

  /** Messages that are being encrypted. */
  get underWay(): number {
    return this.sealing.size;
  }

  /** Waits until no more than so many messages are being encrypted. */
  whenAtMost(messages: number): Promise<void> {
    return this.sealing.whenAtMost(messages);
  }

  /** Begins to encrypt a message. */
  seal(plaintext: string): void {
    if (this.next === MAX_COUNTER) throw new Error('the IVs are used up');
    this.counter.setUint32(0, this.next++);
    const memory = scratch(plaintext.length * MAX_BYTES_OF_A_UNIT);
    const { written } = encoder.encodeInto(plaintext, memory);
    // WebCrypto has its own copies of IV and plaintext when this returns.
    const ciphertext = crypto.subtle.encrypt(this.algorithm, this.key, memory.subarray(0, written));
    this.sealing.add(toBase64(this.iv), ciphertext);
  }
}
