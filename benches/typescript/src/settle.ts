import { setTimeout as delay } from 'node:timers/promises';

/** How long a process has to do next to nothing to count as quiet, and how often to look. */
const QUIET_MS = 50;
const MAX_LOOKS = 60;

/** What the look itself may take: unlike the JVM's, this clock has no steps that would hide it. */
const LOOK_US = 500;

/** Bun, where this runs on it; of its own types this is all that is needed. */
const bun = (globalThis as { Bun?: { gc(isSynchronous: boolean): void } }).Bun;

/** Clears away what the work has left behind, and waits until nothing goes on any more: the next shall not pay for it. */
export async function settle(): Promise<void> {
  collectGarbage();
  for (let look = 0; look < MAX_LOOKS; look++) {
    const before = process.cpuUsage();
    await delay(QUIET_MS);
    const { user, system } = process.cpuUsage(before);
    if (user + system <= LOOK_US) return;
  }
}

function collectGarbage(): void {
  if (bun) {
    bun.gc(true);
  } else if (globalThis.gc) {
    globalThis.gc();
  } else {
    throw new Error('Node has to be started with --expose-gc');
  }
}
