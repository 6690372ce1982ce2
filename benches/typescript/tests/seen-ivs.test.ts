import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SeenIvs } from '../src/client/seen-ivs.ts';

const SEED = 1;

test('the seen IVs are those of a plain set', () => {
  const random = randomFrom(SEED);
  const model = new Set<string>();
  const seen = new SeenIvs(Infinity);
  let counter = 0;
  for (let n = 0; n < 20_000; n++) {
    if (random(2) === 0) counter++;
    const near = counter + 2 + random(5) - 2;
    const iv = ivOf(random(3), random(8) === 0 ? random(2 ** 32) : near);
    const isNew = !model.has(iv.join());
    model.add(iv.join());
    assert.equal(seen.add(iv), isNew, `seed ${SEED}, IV ${iv}`);
  }
});

test('a counter that runs to its end stays known', () => {
  const seen = new SeenIvs(0);
  assert.ok(seen.add(ivOf(1, 2 ** 32 - 2)));
  assert.ok(seen.add(ivOf(1, 2 ** 32 - 1)));
  assert.ok(!seen.add(ivOf(1, 2 ** 32 - 1)));
});

test('a table that is full takes nothing more', () => {
  const seen = new SeenIvs(1);
  assert.ok(seen.add(ivOf(1, 0)), 'the run');
  assert.ok(seen.add(ivOf(2, 0)), 'the table');
  assert.ok(!seen.add(ivOf(3, 0)));
  assert.ok(seen.add(ivOf(1, 1)), 'the run needs no table');
});

function ivOf(prefix: number, counter: number): Uint8Array {
  const iv = new DataView(new ArrayBuffer(12));
  iv.setUint32(4, prefix);
  iv.setUint32(8, counter);
  return new Uint8Array(iv.buffer);
}

/** Numbers below a limit, the same for the same seed. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return limit => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
