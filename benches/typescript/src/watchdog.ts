import { deferred } from './deferred.ts';
import type { Order } from './order.ts';

/** How much longer than planned work may take before it counts as hung, and how long what has no plan may take. */
const GRACE_MS = 30_000;
const UNPLANNED_MS = 90_000;

/** What the work of an order gives, unless it hangs. */
export async function inTime<T>(order: Order, work: Promise<T>): Promise<T> {
  const hung = deferred<never>();
  const timer = setTimeout(
    () => hung.reject(new Error(`it hangs: ${JSON.stringify(order)}`)),
    'millis' in order ? order.millis + GRACE_MS : UNPLANNED_MS,
  );
  try {
    return await Promise.race([work, hung.promise]);
  } finally {
    clearTimeout(timer);
  }
}
