import { now, percentiles, timed } from './clock.ts';
import type { Contestant, Open } from './contestant.ts';
import type { OrderTo, Reading } from './order.ts';
import { receive } from './work.ts';

/** Size of the first tick. */
const FIRST_BYTES = 100;

/** The clients that a process keeps. */
export class Fleet {
  private readonly kept: Contestant[] = [];
  private readonly load: () => Promise<Open>;
  private readonly url: string;
  private loaded: Open | undefined;

  /** `load` loads the library; it is called when the first client is needed. */
  constructor(load: () => Promise<Open>, url: string) {
    this.load = load;
    this.url = url;
  }

  /** Messages that any of the kept clients has thrown away. */
  get dropped(): number {
    return this.kept.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** The client that does the work. */
  async worker(): Promise<Contestant> {
    return this.kept[0] ?? this.keepOneMore();
  }

  /** Opens clients until there are so many. */
  async hold({ clients }: OrderTo<'hold'>): Promise<Reading> {
    const start = now();
    while (this.kept.length < clients) await this.keepOneMore();
    return { count: this.kept.length, wall: now() - start };
  }

  /** Opens and closes clients, one after the other. Closing is not part of a client's time, nor of all the time. */
  async connect({ lot, millis }: OrderTo<'connect'>): Promise<Reading> {
    const times: number[] = [];
    const { count } = await timed(lot, millis, async () => {
      for (let n = 0; n < lot; n++) {
        const start = now();
        const contestant = await this.open();
        times.push(now() - start);
        await contestant.close();
      }
    });
    return { count, wall: times.reduce((sum, time) => sum + time, 0), ...percentiles(times) };
  }

  /** Loads the library, connects, and takes one tick. */
  async first(): Promise<Reading> {
    const start = now();
    await receive(await this.worker(), { bytes: FIRST_BYTES, lot: 1, millis: 0 });
    return { count: 1, wall: now() - start };
  }

  private async keepOneMore(): Promise<Contestant> {
    const contestant = await this.open();
    this.kept.push(contestant);
    return contestant;
  }

  private async open(): Promise<Contestant> {
    this.loaded ??= await this.load();
    return this.loaded(this.url);
  }
}
