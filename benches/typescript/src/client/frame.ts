// What an encrypted frame is made of, as everybody writes it. Base64 needs no escaping.
const HEAD = '{"event":"encrypted","data":{"iv":"';
const MIDDLE = '","ct":"';
const TAIL = '"}}';
const IV_END = HEAD.length + 16;
const CIPHERTEXT_START = IV_END + MIDDLE.length;

/** An encrypted frame; both are base64. */
export interface Frame {
  iv: string;
  ct: string;
}

/** The text of a frame. */
export function frameText(iv: string, ct: string): string {
  return HEAD + iv + MIDDLE + ct + TAIL;
}

/** The frame of a text; undefined if the text is no encrypted frame. */
export function frameOf(text: string): Frame | undefined {
  return cut(text) ?? parse(text);
}

/** Cuts a frame as everybody writes it, which is quicker than to parse it. */
function cut(text: string): Frame | undefined {
  const end = text.length - TAIL.length;
  const fits =
    end >= CIPHERTEXT_START && text.startsWith(HEAD) && text.startsWith(MIDDLE, IV_END) && text.startsWith(TAIL, end);
  if (!fits) return undefined;
  return { iv: text.slice(HEAD.length, IV_END), ct: text.slice(CIPHERTEXT_START, end) };
}

function parse(text: string): Frame | undefined {
  try {
    const { event, data } = JSON.parse(text);
    if (event !== 'encrypted' || typeof data.iv !== 'string' || typeof data.ct !== 'string') return undefined;
    return { iv: data.iv, ct: data.ct };
  } catch {
    return undefined;
  }
}
