import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeEventTransition } from '../../../src/application/event-history.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { loadConfig } from '../../../src/worker/handlers/load-config.ts';
import type { Evidence } from '../guarantees/evidence.ts';
import { findBreaches } from '../guarantees/find-breaches.ts';
import type { Post } from '../processes/post-all.ts';

export const hostileConfig = fileURLToPath(new URL('eventops.config.ts', import.meta.url));
const NEIGHBOURS = 300;

/** What there is once all that was posted has ended, and all processes have. */
export interface Aftermath {
  readonly histories: Evidence['histories'];
  idOf(key: string): string;
  /** What handlers printed. */
  readonly printed: readonly string[];
}

/** What handlers printed, by the fields of a line of the log: one text, or none. */
export function printedIn(fields: object): readonly string[] {
  const { handler } = fields as { readonly handler?: { readonly wrote?: string } };
  return handler?.wrote === undefined ? [] : [handler.wrote];
}

export interface Scene {
  /** Why it cannot be played here; `null` when it can. */
  readonly missing?: string | null;
  /** Hostile handlers that are left out: they end what the scene does not promise to keep. */
  readonly without?: readonly string[];
  /** Posts all at once and lets them end. */
  play(posts: readonly Post[]): Promise<Aftermath>;
}

/** Every hostile handler at once, in the midst of good ones. */
export function describeHostileHandlers(title: string, { missing = null, without = [], play }: Scene): void {
  describe.skipIf(missing !== null)(title, async () => {
    const patterns = (await loadConfig(hostileConfig)).map(({ pattern }) => pattern);
    const hostile = patterns.filter((pattern) => pattern !== 'good' && !without.includes(pattern));
    let aftermath: Aftermath;
    const historyOf = (key: string): readonly Transition[] =>
      (aftermath.histories.get(aftermath.idOf(key)) ?? []).map(decodeEventTransition);

    beforeAll(async () => {
      const posts = Array.from({ length: NEIGHBOURS }, (_, index) => ({ key: `good-${index}`, type: 'good' }));
      posts.splice(NEIGHBOURS / 2, 0, ...hostile.map((type) => ({ key: type, type })));
      aftermath = await play(posts);
    }, 240_000);

    it.each(hostile)('one that %s is dead alone, by its own attempts', (key) => {
      const history = historyOf(key);
      const died = history.at(-1);
      expect(died).toMatchObject({ type: 'EventDeadLettered' });
      const failed = history.filter(({ type }) => type === 'ProcessingFailed');
      expect(died).toMatchObject({ data: { attempt: failed.length } });
    });

    it('every neighbour is processed at its first attempt', () => {
      const outcomes = Array.from({ length: NEIGHBOURS }, (_, index) => historyOf(`good-${index}`).at(-1));
      const atFirst = outcomes.filter((last) => last?.type === 'ProcessingSucceeded' && last.data.attempt === 1);
      expect(atFirst).toHaveLength(NEIGHBOURS);
    });

    it('histories keep every promise', () => {
      expect(findBreaches({ acknowledged: [], histories: aftermath.histories, rows: null })).toEqual([]);
    });

    it.skipIf(without.includes('leaves-a-process-behind'))('what a handler started ends with it', () => {
      const left = aftermath.printed.flatMap((text) => /^left (\d+)$/.exec(text)?.[1] ?? []);
      expect(left.length).toBeGreaterThan(0);
      for (const pid of left) expect(() => process.kill(Number(pid), 0)).toThrow(/ESRCH/);
    });
  });
}
