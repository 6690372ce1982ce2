import type { Message } from './message.ts';

interface Pending {
  resolve: (data: unknown) => void;
  reject: (cause: Error) => void;
  timer: NodeJS.Timeout;
}

const WITHIN_MS = 30_000;

/** Who waits for which reply. */
export class Requests {
  private readonly pending = new Map<string, Pending>();
  private last = 0;

  /** A new request: its id, and what comes back. */
  begin<Reply>(): { id: string; reply: Promise<Reply> } {
    const id = String(++this.last);
    const reply = new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new Error(`no reply within ${WITHIN_MS} ms`));
      }, WITHIN_MS);
      this.pending.set(id, { resolve: data => resolve(data as Reply), reject, timer });
    });
    return { id, reply };
  }

  /** Hands a message to who waits for it. False if nobody does. */
  settle({ id, data }: Message): boolean {
    const pending = id === undefined ? undefined : this.pending.get(id);
    if (!pending) return false;
    this.pending.delete(id!);
    clearTimeout(pending.timer);
    pending.resolve(data);
    return true;
  }

  /** The connection has ended: there will be no replies. */
  fail(cause: Error): void {
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(cause);
    }
    this.pending.clear();
  }
}
