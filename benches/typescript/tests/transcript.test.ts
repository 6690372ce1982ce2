import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { Handshake } from '../src/client/handshake.ts';
import { Opener } from '../src/client/opener.ts';

/** A conversation with the real server, with its keys. */
interface Transcript {
  clientPrivateKeyHex: string;
  clientPublicKeyB64: string;
  serverPublicKeyB64: string;
  saltB64: string;
  clientPlaintext: string;
  serverPlaintext: string;
  frames: { text: string }[];
}

test('the key that the real server agreed on opens both frames', async () => {
  // From the folder of the package, where `npm` runs the tests.
  const transcript: Transcript = JSON.parse(await readFile('../../tests/vectors/handshake.json', 'utf8'));
  const handshake = await Handshake.begin(await keysOf(transcript));
  assert.equal(handshake.publicKey, transcript.clientPublicKeyB64);

  const key = await handshake.derive(transcript.serverPublicKeyB64, transcript.saltB64);
  const plaintexts: string[] = [];
  const opener = new Opener(key, new Uint8Array(8), plaintext => plaintexts.push(plaintext));
  // The two before them are of the handshake.
  for (const { text } of transcript.frames.slice(2)) opener.open(text);
  await opener.whenAtMost(0);
  assert.deepEqual(plaintexts, [transcript.clientPlaintext, transcript.serverPlaintext]);
});

async function keysOf({ clientPrivateKeyHex, clientPublicKeyB64 }: Transcript): Promise<CryptoKeyPair> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const point = Buffer.from(clientPublicKeyB64, 'base64');
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  const d = Buffer.from(clientPrivateKeyHex, 'hex').toString('base64url');
  const privateJwk = { kty: 'EC', crv: 'P-256', x, y, d };
  return {
    publicKey: await crypto.subtle.importKey('raw', point, curve, true, []),
    privateKey: await crypto.subtle.importKey('jwk', privateJwk, curve, false, ['deriveKey']),
  };
}
