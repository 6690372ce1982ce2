/** A message, in plaintext or as what is encrypted. */
export interface Message {
  event: string;
  data?: unknown;
  id?: string;
}
