/** What a token asks the server to do: the whole outcome of a connection is in the hands of the client under test. */
export interface TokenRule {
  userId: string;
  delayMs: number;
  /** Messages reach the client, in plaintext, before its `connected`. */
  early: boolean;
  /** The handshake never ends. */
  hang: boolean;
}

/** Undefined for a token that is refused; throws for a token that makes the authentication function throw. */
export function ruleOf(token: unknown): TokenRule | undefined {
  if (typeof token !== 'string') {
    return undefined;
  }
  if (token.startsWith('throw')) {
    throw new Error('the authentication function was asked to throw');
  }
  const [, kind, delay, userId] = /^(good|early|hang|slow-(\d+))-(.+)$/.exec(token) ?? [];
  if (!kind || !userId) {
    return undefined;
  }
  return { userId, delayMs: Number(delay ?? 0), early: kind === 'early', hang: kind === 'hang' };
}
