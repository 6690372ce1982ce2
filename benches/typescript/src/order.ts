/** What a contestant is told to do, one line of JSON each. `benches/rust/src/order.rs` says what each means. */
export type Order =
  | { work: 'receive'; bytes: number; lot: number; millis: number }
  | { work: 'send'; bytes: number; lot: number; millis: number }
  | { work: 'echo'; bytes: number; lot: number; window: number; millis: number }
  | { work: 'connect'; lot: number; millis: number }
  | { work: 'hold'; clients: number }
  | { work: 'first' };

/** The order of one kind of work. */
export type OrderTo<Work extends Order['work']> = Extract<Order, { work: Work }>;

/** What was measured. Times are in nanoseconds. */
export interface Reading {
  count: number;
  wall: number;
  p50?: number;
  p99?: number;
}

/** What a contestant answers, one line of JSON each. */
export type Answer = Reading | { unsupported: string };

/** The numbers of each kind of work. */
const numbers: Record<Order['work'], readonly string[]> = {
  receive: ['bytes', 'lot', 'millis'],
  send: ['bytes', 'lot', 'millis'],
  echo: ['bytes', 'lot', 'window', 'millis'],
  connect: ['lot', 'millis'],
  hold: ['clients'],
  first: [],
};

/** Reads an order; undefined for a kind of work that is not known here. Throws where a number is lacking. */
export function parseOrder(line: string): Order | undefined {
  const order: Record<string, unknown> = JSON.parse(line);
  const wanted = numbers[order['work'] as Order['work']];
  for (const name of wanted ?? []) {
    if (!Number.isSafeInteger(order[name]) || Number(order[name]) < 0) {
      throw new Error(`an order without a number ${name}: ${line}`);
    }
  }
  return wanted && (order as Order);
}
