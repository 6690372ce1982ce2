import type { Contestant } from '../src/contestant.ts';
import { type Flood, type SinkCount, Texts, type Tick } from '../src/payloads.ts';

/** Changes what goes through it. */
export type Change = (ticks: Tick[]) => Tick[];

/** A contestant without a network, whose messages suffer on their way. */
export class Loopback implements Contestant {
  readonly dropped = 0;
  private readonly change: Change;
  private sunk: Tick[] = [];

  constructor(change: Change) {
    this.change = change;
  }

  async flood({ count, bytes }: Flood, onTick: (tick: Tick) => void): Promise<void> {
    const texts = new Texts(bytes);
    this.change(Array.from({ length: count }, (_, seq) => ({ seq, at: 0, text: texts.of(seq) }))).forEach(onTick);
  }

  sink(tick: Tick): undefined {
    this.sunk.push(tick);
  }

  async count(): Promise<SinkCount> {
    const received = this.change(this.sunk);
    this.sunk = [];
    return { received: received.length, inOrder: received.every(({ seq }, at) => seq === at) };
  }

  async echo(tick: Tick): Promise<Tick> {
    return this.change([tick])[0]!;
  }

  async close(): Promise<void> {}
}
