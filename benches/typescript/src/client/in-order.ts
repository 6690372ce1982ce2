/** Work that was begun, and what belongs to it. */
interface Step<C> {
  context: C;
  result: ArrayBuffer | undefined;
  isDone: boolean;
  next: Step<C> | undefined;
}

/**
 * Work that goes on side by side, as that of WebCrypto does, and whose results are handed over in the order in which
 * it was begun. The result of work that failed is undefined.
 */
export class InOrder<C> {
  private readonly deliver: (context: C, result: ArrayBuffer | undefined) => void;
  private first: Step<C> | undefined;
  private last: Step<C> | undefined;
  private underWay = 0;
  private waiting: { size: number; resolve: () => void }[] = [];

  /** `deliver` must not throw. */
  constructor(deliver: (context: C, result: ArrayBuffer | undefined) => void) {
    this.deliver = deliver;
  }

  /** How much was begun and is not handed over yet. */
  get size(): number {
    return this.underWay;
  }

  add(context: C, work: Promise<ArrayBuffer>): void {
    const step: Step<C> = { context, result: undefined, isDone: false, next: undefined };
    if (this.last) this.last.next = step;
    else this.first = step;
    this.last = step;
    this.underWay++;
    work.then(
      result => this.onDone(step, result),
      () => this.onDone(step, undefined),
    );
  }

  /** Waits until no more than so much is under way. */
  whenAtMost(size: number): Promise<void> {
    if (this.underWay <= size) return Promise.resolve();
    return new Promise(resolve => this.waiting.push({ size, resolve }));
  }

  private onDone(done: Step<C>, result: ArrayBuffer | undefined): void {
    done.result = result;
    done.isDone = true;
    for (let step = this.first; step?.isDone; step = this.first) {
      this.first = step.next;
      if (!this.first) this.last = undefined;
      this.underWay--;
      this.deliver(step.context, step.result);
    }
    if (this.waiting.length > 0) this.wake();
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const waiter of waiting) {
      if (this.underWay <= waiter.size) waiter.resolve();
      else this.waiting.push(waiter);
    }
  }
}
