// The process of one contestant: `worker.ts ts-bun URL` on Bun, `worker.js ts-node URL` on Node. Reads an order from
// each line of its input and answers each with a line. It ends with its input, or when a task fails.
import { createInterface } from 'node:readline';

import { Fleet } from './src/fleet.ts';
import { type Answer, type Order, parseOrder } from './src/order.ts';
import { settle } from './src/settle.ts';
import { inTime } from './src/watchdog.ts';
import { echo, receive, send } from './src/work.ts';

/** Does a piece of work, and clears away what it has left behind. */
async function carryOut(order: Order, fleet: Fleet): Promise<Answer> {
  const reading = await inTime(order, begin(order, fleet));
  await settle();
  if (fleet.dropped > 0) throw new Error(`${fleet.dropped} messages were dropped`);
  return reading;
}

async function begin(order: Order, fleet: Fleet): Promise<Answer> {
  switch (order.work) {
    case 'receive':
      return receive(await fleet.worker(), order);
    case 'send':
      return send(await fleet.worker(), order);
    case 'echo':
      return echo(await fleet.worker(), order);
    case 'connect':
      return fleet.connect(order);
    case 'hold':
      return fleet.hold(order);
    case 'first':
      return fleet.first();
  }
}

async function main(): Promise<void> {
  const [name, url] = process.argv.slice(2);
  const ownName = process.versions['bun'] ? 'ts-bun' : 'ts-node';
  if (name !== ownName || !url) throw new Error(`usage: worker ${ownName} URL`);
  // The library is loaded when it is needed: the time that this takes belongs to the first event.
  const fleet = new Fleet(async () => (await import('./src/webcrypto.ts')).open, url);
  for await (const line of createInterface({ input: process.stdin })) {
    const order = parseOrder(line);
    const answer: Answer = order ? await carryOut(order, fleet) : { unsupported: `this work is not known: ${line}` };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

main().then(
  // The clients that are kept would keep the process.
  () => process.exit(0),
  cause => {
    console.error(cause);
    process.exit(1);
  },
);
