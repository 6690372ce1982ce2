import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Opener } from '../src/client/opener.ts';
import { Sealer } from '../src/client/sealer.ts';

const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['encrypt', 'decrypt']);
const NOBODY = new Uint8Array(8);

/** The frames of some messages. */
async function seal(...plaintexts: string[]): Promise<{ frames: string[]; prefix: Uint8Array }> {
  const frames: string[] = [];
  const sealer = new Sealer(key, text => frames.push(text!));
  for (const plaintext of plaintexts) sealer.seal(plaintext);
  await sealer.whenAtMost(0);
  return { frames, prefix: sealer.prefix };
}

/** What comes of some frames, and how many were dropped. */
async function open(
  frames: string[],
  ownPrefix: Uint8Array = NOBODY,
): Promise<{ plaintexts: string[]; dropped: number }> {
  const plaintexts: string[] = [];
  const opener = new Opener(key, ownPrefix, plaintext => plaintexts.push(plaintext));
  for (const frame of frames) opener.open(frame);
  await opener.whenAtMost(0);
  return { plaintexts, dropped: opener.dropped };
}

test('messages of any size keep their order, both ways', async () => {
  // A long one takes longer than the short ones behind it.
  const messages = Array.from({ length: 200 }, (_, n) => `${n} é ${'x'.repeat(n % 5 === 0 ? 90_000 : 10)}`);
  const { frames } = await seal(...messages);
  assert.deepEqual(await open(frames), { plaintexts: messages, dropped: 0 });
});

test('a frame is opened once', async () => {
  const { frames } = await seal('a', 'b');
  assert.deepEqual(await open([...frames, ...frames]), { plaintexts: ['a', 'b'], dropped: 2 });
});

test('a frame of our own is dropped', async () => {
  const { frames, prefix } = await seal('a');
  assert.deepEqual(await open(frames, prefix), { plaintexts: [], dropped: 1 });
});

test('a frame that was tampered with is dropped, and its IV stays good', async () => {
  const { frames } = await seal('a');
  const frame = frames[0]!;
  const at = frame.length - 8;
  const tampered = frame.slice(0, at) + (frame[at] === 'A' ? 'B' : 'A') + frame.slice(at + 1);
  assert.deepEqual(await open([tampered, frame]), { plaintexts: ['a'], dropped: 1 });
});

test('a frame in another notation is read too', async () => {
  const { frames } = await seal('a');
  const spaced = frames.map(frame => frame.replaceAll(':', ' : '));
  assert.deepEqual(await open(spaced), { plaintexts: ['a'], dropped: 0 });
});

test('what is no frame is dropped', async () => {
  const texts = ['', 'no JSON', 'null', '{"event":"chat","data":{}}', '{"event":"encrypted"}'];
  texts.push('{"event":"encrypted","data":{"iv":"AAAAAAAAAAAAAAAA","ct":"AAAA"}}');
  texts.push('{"event":"encrypted","data":{"iv":"AAAA","ct":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}');
  texts.push('{"event":"encrypted","data":{"iv":"****************","ct":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}');
  assert.deepEqual(await open(texts), { plaintexts: [], dropped: texts.length });
});
