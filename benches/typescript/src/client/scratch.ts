let memory = Buffer.allocUnsafeSlow(16 << 10);

/**
 * At least so many bytes of memory that all sessions use again and again, for what WebCrypto is given: it takes a copy
 * of that before its functions return, so to allocate anew for each message would be a copy too many.
 */
export function scratch(bytes: number): Buffer<ArrayBuffer> {
  if (memory.length < bytes) memory = Buffer.allocUnsafeSlow(2 * bytes);
  return memory;
}
