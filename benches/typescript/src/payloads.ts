/** What is sent either way. */
export interface Tick {
  /** 0, 1, 2, … */
  seq: number;
  /** Microseconds since 1970. */
  at: number;
  /** What makes the message as long as it is. */
  text: string;
}

/** The order to send ticks of about so many bytes of JSON. */
export interface Flood {
  count: number;
  bytes: number;
}

/** What the server has counted. */
export interface SinkCount {
  received: number;
  inOrder: boolean;
}

const WORDS = 'a message as people and programs send it: some words, 42 numbers, and so on; ';
const TICK_WITHOUT_TEXT_BYTES = 48;
const NOT_ASCII_EVERY = 8;

/** The texts of the ticks, as the server makes them: not all ASCII in every eighth. */
export class Texts {
  private readonly ascii: string;
  private readonly notAscii: string;

  constructor(bytes: number) {
    const length = Math.max(0, bytes - TICK_WITHOUT_TEXT_BYTES);
    this.ascii = WORDS.repeat(Math.ceil(length / WORDS.length)).slice(0, length);
    this.notAscii = this.ascii && `é${this.ascii.slice(1)}`;
  }

  /** The text of the tick of this number. */
  of(seq: number): string {
    return seq % NOT_ASCII_EVERY === 0 ? this.notAscii : this.ascii;
  }

  /** Whether this could be the text of the tick of this number; a quick look. */
  fits(seq: number, text: string): boolean {
    const expected = this.of(seq);
    return text.length === expected.length && text[0] === expected[0];
  }
}
