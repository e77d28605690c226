import type { Clock } from '../ports/clock.ts';
import type { KeyUses } from '../ports/key-uses.ts';
import { within } from '../within.ts';

export const noteUsesLimits = {
  /** What could not be saved is tried again with a use so much later. */
  retryAfterMs: 60_000,
  /** What the store has not said by then is left out. */
  patienceMs: 1_000,
} as const;

export interface NotedUses {
  /** The key lets a request in now. */
  note(id: string): void;
  /** The hour of each key's last use, as far as it is known: while the store is unavailable, in this process alone. */
  lastUses(): Promise<ReadonlyMap<string, string>>;
}

/** RFC 3339, of the hour that the moment is in. */
const hourOf = (now: number) => `${new Date(now).toISOString().slice(0, 13)}:00:00.000Z`;

/** Notes uses of keys at the cost of one write for each key, hour and process. Best effort: no request waits for it. */
export function noteUses({ clock, store }: { readonly clock: Clock; readonly store: KeyUses }): NotedUses {
  const hours = new Map<string, string>();
  let unsaved = new Map<string, string>();
  let isSaving = false;
  let lastTriedAt = Number.NEGATIVE_INFINITY;

  async function save(now: number): Promise<void> {
    isSaving = true;
    lastTriedAt = now;
    while (unsaved.size > 0) {
      const saved = unsaved;
      unsaved = new Map();
      try {
        await store.save(saved);
      } catch {
        // That the store is unavailable is reported by what needs it.
        unsaved = new Map([...saved, ...unsaved]);
        break;
      }
    }
    isSaving = false;
  }

  return {
    note(id) {
      const now = clock.now();
      const hour = hourOf(now);
      const isNew = hours.get(id) !== hour;
      if (isNew) {
        hours.set(id, hour);
        unsaved.set(id, hour);
      }
      const mayTry = isNew || Math.abs(now - lastTriedAt) >= noteUsesLimits.retryAfterMs;
      if (unsaved.size > 0 && !isSaving && mayTry) void save(now);
    },
    async lastUses() {
      const found = new Map(await within(clock, noteUsesLimits.patienceMs, store.lastUses()).catch(() => []));
      for (const [id, hour] of hours) if (hour > (found.get(id) ?? '')) found.set(id, hour);
      return found;
    },
  };
}
