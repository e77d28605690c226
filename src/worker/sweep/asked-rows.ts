import type { DueEvent } from '../../application/ports/due-work.ts';

const keyOf = ({ status, eventId, generation, attempts }: DueEvent) => `${status}:${eventId}:${generation}:${attempts}`;

/**
 * The due rows that something was done about a short time ago. A row stays due until the worker and then the projector
 * have done their parts, and is to be left alone for so long, or a slow queue would be flooded by every sweep.
 */
export class AskedRows {
  readonly #notBefore = new Map<string, number>();

  /** Rows that are remembered. A page larger by this much holds every new row that one without them would hold. */
  get size(): number {
    return this.#notBefore.size;
  }

  mayAsk(row: DueEvent, now: number): boolean {
    return now >= (this.#notBefore.get(keyOf(row)) ?? Number.NEGATIVE_INFINITY);
  }

  /** Leaves the row alone until `notBefore`, in milliseconds since 1970. */
  remember(row: DueEvent, notBefore: number): void {
    this.#notBefore.set(keyOf(row), notBefore);
  }

  /** Forgets every row but these: what is not due any more has moved on. */
  retain(due: readonly DueEvent[]): void {
    const keys = new Set(due.map(keyOf));
    for (const key of this.#notBefore.keys()) if (!keys.has(key)) this.#notBefore.delete(key);
  }
}
