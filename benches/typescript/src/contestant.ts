import type { Flood, SinkCount, Tick } from './payloads.ts';

/**
 * A client library in the race. One instance is one connection.
 *
 * Each call hands over and takes typed objects: reading and writing their JSON belongs to what is measured.
 */
export interface Contestant {
  /** Messages that came and were thrown away, for whatever reason. */
  readonly dropped: number;

  /**
   * Asks for a flood, and is done when all of it was taken. `onTick` is the app: it is called for every tick, in
   * order, and what it throws comes out of here.
   */
  flood(order: Flood, onTick: (tick: Tick) => void): Promise<void>;

  /** Sends a tick into the sink. Where there is no room for more, the promise says when there is. */
  sink(tick: Tick): Promise<void> | undefined;

  /** Asks what the sink has counted, behind all that was sent. */
  count(): Promise<SinkCount>;

  /** Sends a tick and waits for it to come back. */
  echo(tick: Tick): Promise<Tick>;

  /** Closes the connection, and waits until it is closed. */
  close(): Promise<void>;
}

/** Makes a contestant that is connected and authenticated. */
export type Open = (url: string) => Promise<Contestant>;
