// `Uint8Array` does it itself on newer runtimes; Node 20 has only `Buffer` for it. Both do it in native code.
const isNative = typeof Uint8Array.fromBase64 === 'function';

/** The base64 of some bytes. */
export const toBase64: (bytes: Uint8Array) => string = isNative
  ? bytes => bytes.toBase64()
  : bytes => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** The bytes of some base64. */
export const fromBase64: (text: string) => Uint8Array<ArrayBuffer> = isNative
  ? text => Uint8Array.fromBase64(text)
  : text => Buffer.from(text, 'base64');

/** Writes the bytes of some base64 into a buffer that is long enough, and says how many they are. */
export const fromBase64Into: (text: string, target: Buffer) => number = isNative
  ? (text, target) => target.setFromBase64(text).written
  : (text, target) => target.write(text, 'base64');
