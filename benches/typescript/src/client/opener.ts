import { fromBase64, fromBase64Into } from './base64.ts';
import { frameOf } from './frame.ts';
import { InOrder } from './in-order.ts';
import { IV_BYTES, word } from './iv.ts';
import { scratch } from './scratch.ts';
import { SeenIvs } from './seen-ivs.ts';

const TAG_BYTES = 16;

/** As many as Aldis remembers of a sender that does not count. */
const MAX_SEEN_IVS = ((1 << 20) / 8) * 7;

const decoder = new TextDecoder();

/** Decrypts what is received, several frames side by side; the messages are delivered in the order of the frames. */
export class Opener {
  /** Frames that were dropped: reflected, replayed, not authentic, or in plaintext. */
  dropped = 0;

  private readonly key: CryptoKey;
  private readonly ownHigh: number;
  private readonly ownLow: number;
  private readonly opening: InOrder<Uint8Array>;
  private readonly seen = new SeenIvs(MAX_SEEN_IVS);

  /** `deliver` takes the plaintext of each frame that is not dropped. It must not throw. */
  constructor(key: CryptoKey, ownPrefix: Uint8Array, deliver: (plaintext: string) => void) {
    this.key = key;
    this.ownHigh = word(ownPrefix, 0);
    this.ownLow = word(ownPrefix, 4);
    this.opening = new InOrder((iv, plaintext) => {
      // Only authentic frames are remembered: otherwise anybody could fill the memory.
      if (plaintext && this.seen.add(iv)) deliver(decoder.decode(plaintext));
      else this.dropped++;
    });
  }

  /** Frames that are being decrypted. */
  get underWay(): number {
    return this.opening.size;
  }

  /** Waits until no more than so many frames are being decrypted. */
  whenAtMost(frames: number): Promise<void> {
    return this.opening.whenAtMost(frames);
  }

  /** Begins to decrypt the frame of a text. */
  open(text: string): void {
    if (!this.begin(text)) this.dropped++;
  }

  private begin(text: string): boolean {
    const frame = frameOf(text);
    if (!frame) return false;
    const memory = scratch(frame.ct.length);
    let iv: Uint8Array<ArrayBuffer>;
    let length: number;
    try {
      iv = fromBase64(frame.iv);
      length = fromBase64Into(frame.ct, memory);
    } catch {
      return false;
    }
    if (iv.length !== IV_BYTES || length < TAG_BYTES || this.isOwn(iv)) return false;
    // WebCrypto has its own copies of IV and ciphertext when this returns.
    this.opening.add(iv, crypto.subtle.decrypt({ name: 'AES-GCM', iv }, this.key, memory.subarray(0, length)));
    return true;
  }

  private isOwn(iv: Uint8Array): boolean {
    return word(iv, 0) === this.ownHigh && word(iv, 4) === this.ownLow;
  }
}
