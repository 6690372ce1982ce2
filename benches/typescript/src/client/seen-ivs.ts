import { PREFIX_BYTES, word } from './iv.ts';

const INITIAL_SLOTS = 64;

/** Numbers of an IV in the table. */
const WORDS = 3;

/**
 * The exact set of the IVs that a session has received, without an object for each.
 *
 * An IV is kept as its first eight bytes and its last four. Those of a sender that counts the last four up are kept as
 * a run, for which two numbers are enough; the rest goes into a hash table with open addressing.
 */
export class SeenIvs {
  private readonly limit: number;
  private runHigh = 0;
  private runLow = 0;
  private runFirst = 0;
  private runEnd = 0;

  private words = new Uint32Array(INITIAL_SLOTS * WORDS);
  private used = new Uint8Array(INITIAL_SLOTS);
  private size = 0;

  /** The table holds so many IVs at most. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Adds an IV. False if it was there already, or if there are too many. */
  add(iv: Uint8Array): boolean {
    const high = word(iv, 0);
    const low = word(iv, 4);
    const counter = word(iv, PREFIX_BYTES);
    if (this.runFirst === this.runEnd) {
      this.runHigh = high;
      this.runLow = low;
      this.runFirst = counter;
      this.runEnd = counter;
    }
    if (high === this.runHigh && low === this.runLow && counter >= this.runFirst && counter <= this.runEnd) {
      const isNext = counter === this.runEnd && !this.isInTable(high, low, counter);
      if (isNext) this.runEnd++;
      return isNext;
    }
    return this.size < this.limit && this.addToTable(high, low, counter);
  }

  private isInTable(high: number, low: number, counter: number): boolean {
    return this.size > 0 && this.used[this.slotOf(high, low, counter)] === 1;
  }

  private addToTable(high: number, low: number, counter: number): boolean {
    const slot = this.slotOf(high, low, counter);
    if (this.used[slot]) return false;
    this.put(slot, high, low, counter);
    this.size++;
    if (this.size > this.used.length / 2) this.grow();
    return true;
  }

  private put(slot: number, high: number, low: number, counter: number): void {
    this.words[slot * WORDS] = high;
    this.words[slot * WORDS + 1] = low;
    this.words[slot * WORDS + 2] = counter;
    this.used[slot] = 1;
  }

  /** Where this IV is, or would be. */
  private slotOf(high: number, low: number, counter: number): number {
    const { words, used } = this;
    const mask = used.length - 1;
    // Multiplied by odd constants and folded, so that what is alike spreads.
    const mixed = Math.imul(high ^ Math.imul(low, 0x85ebca6b) ^ Math.imul(counter, 0xc2b2ae35), 0x9e3779b1);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    while (
      used[slot] &&
      (words[slot * WORDS + 2] !== counter || words[slot * WORDS + 1] !== low || words[slot * WORDS] !== high)
    ) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { words, used } = this;
    this.words = new Uint32Array(2 * words.length);
    this.used = new Uint8Array(2 * used.length);
    for (let old = 0; old < used.length; old++) {
      if (used[old]) {
        const [high, low, counter] = words.subarray(old * WORDS, (old + 1) * WORDS) as unknown as [
          number,
          number,
          number,
        ];
        this.put(this.slotOf(high, low, counter), high, low, counter);
      }
    }
  }
}
