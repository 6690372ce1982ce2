// A client of the protocol with nothing but WebSocket and WebCrypto, as a browser has them.
// Arguments: URL and token. It talks to the server, prints one line of JSON about what it saw, and ends.
export {};

interface Message {
  event: string;
  data?: unknown;
  id?: string;
}

const [url, token] = process.argv.slice(2) as [string, string];
const base64 = (bytes: ArrayBuffer | Uint8Array): string => Buffer.from(bytes as ArrayBuffer).toString('base64');

const own = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
const socket = new WebSocket(url);
const closed = new Promise<number>(resolve => socket.addEventListener('close', event => resolve(event.code)));

/** Who waits for which message; a message that nobody waits for yet is kept. */
const waiting: { wanted: (message: Message) => boolean; resolve: (message: Message) => void }[] = [];
const arrived: Message[] = [];

function next(wanted: (message: Message) => boolean): Promise<Message> {
  const index = arrived.findIndex(wanted);
  if (index >= 0) {
    return Promise.resolve(arrived.splice(index, 1)[0]!);
  }
  return new Promise(resolve => waiting.push({ wanted, resolve }));
}

function deliver(message: Message): void {
  const index = waiting.findIndex(({ wanted }) => wanted(message));
  if (index >= 0) {
    waiting.splice(index, 1)[0]!.resolve(message);
  } else {
    arrived.push(message);
  }
}

let key: CryptoKey | undefined;

socket.addEventListener('message', async ({ data: text }) => {
  const { event, data } = JSON.parse(text);
  if (event !== 'encrypted') {
    return deliver({ event, data });
  }
  const [iv, ct] = [data.iv, data.ct].map((part: string) => Buffer.from(part, 'base64'));
  const plaintext = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: iv! }, key!, ct!);
  deliver(JSON.parse(new TextDecoder().decode(plaintext)));
});

function control(event: string, data?: unknown): void {
  socket.send(JSON.stringify({ event, data }));
}

async function send(message: Message): Promise<void> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plaintext = new TextEncoder().encode(JSON.stringify(message));
  const ct = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key!, plaintext);
  control('encrypted', { iv: base64(iv), ct: base64(ct) });
}

async function request(event: string, data?: unknown): Promise<any> {
  const id = crypto.randomUUID();
  await send({ event, data, id });
  return (await next(message => message.id === id)).data;
}

/** The key of the session: ECDH, then HKDF over the x coordinate, which is all that WebCrypto's ECDH gives. */
async function agree(serverPublicKey: string, salt: string): Promise<CryptoKey> {
  const point = Buffer.from(serverPublicKey, 'base64');
  const server = await crypto.subtle.importKey('raw', point, { name: 'ECDH', namedCurve: 'P-256' }, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: server }, own.privateKey, 256);
  const ikm = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const info = new TextEncoder().encode('nx-signal-e2e');
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: Buffer.from(salt, 'base64'), info },
    ikm,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

await new Promise(resolve => socket.addEventListener('open', resolve));
const clientPublicKey = base64(await crypto.subtle.exportKey('raw', own.publicKey));
control('authenticate', { type: 'Bearer', token, clientPublicKey });
const { data: connected } = (await next(({ event }) => event === 'connected')) as any;
key = await agree(connected.serverPublicKey, connected.salt);

const echoes: boolean[] = [];
for (const data of [{ text: 'שלום 👩‍👩‍👧‍👦 \u2028 \ud800' }, 'x'.repeat(90_000), null]) {
  echoes.push(JSON.stringify(await request('echo', data)) === JSON.stringify(data));
}

control('heartbeat');
control('join', { rooms: ['lobby'] });
let rooms: string[] = [];
while (!rooms.includes('lobby')) {
  ({ rooms } = await request('who', {}));
}
await request('room', { room: 'lobby', event: 'said', data: 'hello, lobby' });
const { data: roomMessage } = await next(({ event }) => event === 'said');

control('authenticate', { type: 'Bearer', token, clientPublicKey });
const { data: refusal } = (await next(({ event }) => event === 'error')) as any;

socket.close(1000, 'bye');
console.log(
  JSON.stringify({
    userId: connected.userId,
    echoes,
    rooms,
    roomMessage,
    secondAuthenticate: refusal.message,
    closed: await closed,
  }),
);
