import { Client } from './client/client.ts';
import type { Contestant } from './contestant.ts';
import { deferred } from './deferred.ts';
import type { Flood, SinkCount, Tick } from './payloads.ts';

/** The client with WebSocket and WebCrypto, in the race. */
class WebCrypto implements Contestant {
  private readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  get dropped(): number {
    return this.client.dropped;
  }

  async flood(order: Flood, onTick: (tick: Tick) => void): Promise<void> {
    const taken = deferred<void>();
    let left = order.count;
    const stop = this.client.on<Tick>('tick', tick => {
      try {
        onTick(tick);
      } catch (cause) {
        taken.reject(cause);
      }
      if (--left === 0) {
        // A tick that comes after this was sent twice, and counts as dropped: nobody takes it.
        stop();
        taken.resolve();
      }
    });
    try {
      this.client.send('flood', order);
      await Promise.race([taken.promise, this.client.ended]);
    } finally {
      stop();
    }
  }

  sink(tick: Tick): Promise<void> | undefined {
    return this.client.send('sink', tick);
  }

  count(): Promise<SinkCount> {
    return this.client.request('count', {});
  }

  echo(tick: Tick): Promise<Tick> {
    return this.client.request('echo', tick);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** Connects, as anybody. */
export async function open(url: string): Promise<Contestant> {
  return new WebCrypto(await Client.connect(url, 'webcrypto'));
}
