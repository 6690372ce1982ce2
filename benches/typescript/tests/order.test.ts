import assert from 'node:assert/strict';
import { test } from 'node:test';

import { percentiles } from '../src/clock.ts';
import { parseOrder } from '../src/order.ts';

test('orders are read as the race writes them', () => {
  const lines = [
    '{"work":"receive","bytes":100,"lot":40000,"millis":500}',
    '{"work":"send","bytes":1024,"lot":10000,"millis":500}',
    '{"work":"echo","bytes":1024,"lot":1,"window":64,"millis":500}',
    '{"work":"connect","lot":1,"millis":500}',
    '{"work":"hold","clients":100}',
    '{"work":"first"}',
  ];
  for (const line of lines) assert.equal(JSON.stringify(parseOrder(line)), line);
});

test('work that is not known is no order, and a number that is lacking is an error', () => {
  assert.equal(parseOrder('{"work":"dance","lot":1}'), undefined);
  assert.throws(() => parseOrder('{"work":"connect","lot":1}'), /millis/);
  assert.throws(() => parseOrder('{"work":"hold","clients":-1}'), /clients/);
});

test('percentiles are those of the sorted times', () => {
  const times = Array.from({ length: 1000 }, (_, n) => 999 - n);
  assert.deepEqual(percentiles(times), { p50: 500, p99: 990 });
  assert.deepEqual(percentiles([7]), { p50: 7, p99: 7 });
});
