import { now, percentiles, timed } from './clock.ts';
import type { Contestant } from './contestant.ts';
import type { OrderTo, Reading } from './order.ts';
import { Texts, type Tick } from './payloads.ts';

/** Takes floods of ticks. Throws if one is lost, doubled, out of order, or another one. */
export function receive(contestant: Contestant, order: Omit<OrderTo<'receive'>, 'work'>): Promise<Reading> {
  const { bytes, lot, millis } = order;
  const texts = new Texts(bytes);
  return timed(lot, millis, async () => {
    let next = 0;
    await contestant.flood({ count: lot, bytes }, tick => {
      check(tick.seq === next, `tick ${next} was expected, and ${tick.seq} came`);
      check(texts.fits(tick.seq, tick.text), `the text of tick ${next} is another one`);
      next++;
    });
    check(next === lot, `${next} of ${lot} ticks came`);
  });
}

/** Sends ticks, until the server has counted them all. Throws if it has not, or not in order. */
export function send(contestant: Contestant, order: Omit<OrderTo<'send'>, 'work'>): Promise<Reading> {
  const { bytes, lot, millis } = order;
  const texts = new Texts(bytes);
  return timed(lot, millis, async () => {
    for (let seq = 0; seq < lot; seq++) {
      const room = contestant.sink(tickOf(seq, texts));
      // An `await` of nothing would cost a turn of the queue for each tick.
      if (room) await room;
    }
    const { received, inOrder } = await contestant.count();
    check(received === lot && inOrder, `${received} of ${lot} ticks were counted, in order: ${inOrder}`);
  });
}

/** Sends ticks and takes them back, `window` of them under way at once. Throws if one is not what was sent. */
export async function echo(contestant: Contestant, order: Omit<OrderTo<'echo'>, 'work'>): Promise<Reading> {
  const { bytes, lot, window, millis } = order;
  const texts = new Texts(bytes);
  const times: number[] = [];
  const start = now();
  let begun = 0;

  const oneAfterTheOther = async (): Promise<void> => {
    do {
      for (let n = 0; n < lot; n++) {
        const sent = now();
        const tick = tickOf(begun++, texts);
        check(isSame(await contestant.echo(tick), tick), `echo ${tick.seq} is not what was sent`);
        times.push(now() - sent);
      }
    } while (now() - start < millis * 1e6);
  };
  await Promise.all(Array.from({ length: window }, oneAfterTheOther));
  return { count: times.length, wall: now() - start, ...percentiles(times) };
}

function tickOf(seq: number, texts: Texts): Tick {
  return { seq, at: Date.now() * 1000, text: texts.of(seq) };
}

function isSame(one: Tick, other: Tick): boolean {
  return one.seq === other.seq && one.at === other.at && one.text === other.text;
}

function check(isRight: boolean, otherwise: string): void {
  if (!isRight) throw new Error(otherwise);
}
