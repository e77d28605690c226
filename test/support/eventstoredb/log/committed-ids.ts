/** As large as the server's own: with usual names about 60,000 to 75,000 ids. */
const LIMIT_BYTES = 8 * 1024 * 1024;
const ENTRY_BYTES = 16 + 4 + 8;
/** What .NET takes for a string: header and length, two bytes per character, rounded up to 8. */
const stringBytes = (text: string) => Math.ceil((22 + 2 * text.length) / 8) * 8;

export interface CommittedEvent {
  readonly stream: string;
  readonly revision: number;
}

/**
 * Where the ids of the newest events are. The server has nothing else to recognise a repeated append at `any` and
 * `exists` by, so such a repeat is written again once this has forgotten it: after many other events, and after every
 * restart.
 */
export class CommittedIds {
  readonly #events = new Map<string, CommittedEvent>();
  #queue: { readonly id: string; readonly bytes: number }[] = [];
  #queueStart = 0;
  #heldBytes = 0;

  get(id: string): CommittedEvent | undefined {
    return this.#events.get(id);
  }

  /** An id that is known keeps its first place. */
  add(id: string, event: CommittedEvent): void {
    while (this.#heldBytes > LIMIT_BYTES && this.#queueStart < this.#queue.length) this.#forgetOldest();
    const bytes = ENTRY_BYTES + stringBytes(event.stream);
    this.#heldBytes += bytes;
    this.#queue.push({ id, bytes });
    if (!this.#events.has(id)) this.#events.set(id, event);
  }

  #forgetOldest(): void {
    const oldest = this.#queue[this.#queueStart];
    this.#queueStart += 1;
    if (oldest && this.#events.delete(oldest.id)) this.#heldBytes -= oldest.bytes;
    if (this.#queueStart < 10_000) return;
    this.#queue = this.#queue.slice(this.#queueStart);
    this.#queueStart = 0;
  }

  clear(): void {
    this.#events.clear();
    this.#queue = [];
    this.#queueStart = 0;
    this.#heldBytes = 0;
  }
}
