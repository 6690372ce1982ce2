import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Tick } from '../src/payloads.ts';
import { echo, receive, send } from '../src/work.ts';
import { type Change, Loopback } from './loopback.ts';

const order = { bytes: 100, lot: 20, millis: 0 };
const works = {
  receive: (change: Change) => receive(new Loopback(change), order),
  send: (change: Change) => send(new Loopback(change), order),
  echo: (change: Change) => echo(new Loopback(change), { ...order, window: 1 }),
  'echo, several at once': (change: Change) => echo(new Loopback(change), { ...order, lot: 1, window: 20 }),
};

const lost = (ticks: Tick[]): Tick[] => ticks.filter(({ seq }) => seq !== 7);
const cutShort = (ticks: Tick[]): Tick[] => ticks.slice(0, -1);
const doubled = (ticks: Tick[]): Tick[] => [...ticks.slice(0, 8), ...ticks.slice(7)];
const swapped = (ticks: Tick[]): Tick[] => [...ticks.slice(0, 3), ticks[4]!, ticks[3]!, ...ticks.slice(5)];
const shortened = (ticks: Tick[]): Tick[] => ticks.map(tick => ({ ...tick, text: tick.text.slice(1) }));
const renumbered = (ticks: Tick[]): Tick[] => ticks.map(tick => ({ ...tick, seq: tick.seq + 1 }));

for (const [name, work] of Object.entries(works)) {
  test(`${name}: what is whole counts`, async () => {
    assert.equal((await work(ticks => ticks)).count, 20);
  });
}

const faults: [keyof typeof works, Change[]][] = [
  ['receive', [lost, cutShort, doubled, swapped, shortened, renumbered]],
  ['send', [lost, cutShort, doubled, swapped, renumbered]],
  ['echo', [shortened, renumbered]],
  ['echo, several at once', [shortened, renumbered]],
];
for (const [name, changes] of faults) {
  for (const change of changes) {
    test(`${name}: what is ${change.name} fails`, async () => {
      await assert.rejects(works[name](change));
    });
  }
}
