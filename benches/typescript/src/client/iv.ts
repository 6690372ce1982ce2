/** Bytes of an IV. */
export const IV_BYTES = 12;

/** Bytes in which all IVs of one of our senders are the same. */
export const PREFIX_BYTES = 8;

/** Four bytes of an IV as a number. */
export function word(iv: Uint8Array, at: number): number {
  return ((iv[at]! << 24) | (iv[at + 1]! << 16) | (iv[at + 2]! << 8) | iv[at + 3]!) >>> 0;
}
