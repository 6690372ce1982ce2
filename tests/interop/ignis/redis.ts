import { createServer } from 'node:net';

/** Starts a private Redis on loopback, without persistence, and returns its port. It ends with this process. */
export async function startRedis(): Promise<number> {
  const port = await freePort();
  // The shell outlives a killed parent just long enough to see its standard input end, and takes Redis along.
  const script = `redis-server --bind 127.0.0.1 --port ${port} --save '' --appendonly no & redis=$!; read -r _; kill $redis; wait $redis`;
  const child = Bun.spawn(['sh', '-c', script], { stdin: 'pipe', stdout: 'ignore', stderr: 'inherit' });
  child.unref();
  await untilListening(port);
  return port;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function untilListening(port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } });
      socket.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new Error(`redis-server does not listen on port ${port}`, { cause: error });
      }
      await Bun.sleep(20);
    }
  }
}
