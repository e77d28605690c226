import type { SubscriptionEnd } from '../faults/fault.ts';

/** The subscriptions that clients have open now. */
export class OpenSubscriptions {
  readonly #open = new Set<(how: SubscriptionEnd) => void>();
  #waiting: { readonly count: number; readonly settle: () => void }[] = [];

  /** @returns what takes the subscription off again. */
  add(end: (how: SubscriptionEnd) => void): () => void {
    this.#open.add(end);
    for (const { count, settle } of this.#waiting) if (this.#open.size >= count) settle();
    this.#waiting = this.#waiting.filter(({ count }) => this.#open.size < count);
    return () => this.#open.delete(end);
  }

  endAll(how: SubscriptionEnd): number {
    const ended = [...this.#open];
    this.#open.clear();
    for (const end of ended) end(how);
    return ended.length;
  }

  opened(count: number): Promise<void> {
    if (this.#open.size >= count) return Promise.resolve();
    return new Promise((settle) => this.#waiting.push({ count, settle }));
  }
}
