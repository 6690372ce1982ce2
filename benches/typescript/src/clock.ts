import type { Reading } from './order.ts';

/** Nanoseconds from some moment on. */
export const now = (): number => Math.round(performance.now() * 1e6);

/** Does lot after lot until the time is over, and at least one. */
export async function timed(lot: number, millis: number, oneLot: () => Promise<void>): Promise<Reading> {
  const start = now();
  let count = 0;
  let wall: number;
  do {
    await oneLot();
    count += lot;
    wall = now() - start;
  } while (wall < millis * 1e6);
  return { count, wall };
}

/** The median and the 99th percentile of single times. */
export function percentiles(times: number[]): { p50: number; p99: number } {
  const sorted = Float64Array.from(times).sort();
  const at = (index: number): number => sorted[Math.floor(index)] ?? 0;
  return { p50: at(sorted.length / 2), p99: at((sorted.length * 99) / 100) };
}
