import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KilledSystem, profiles } from '../../support/faults/special/killed-system.ts';

const MEMBERS = 500;
const RATE = 50;
const WITHIN_MS = 240_000;

/** Its handler fails permanently until a file is there: the downstream is back. */
const handlersOf = (isBack: string) => `import { existsSync } from 'node:fs';
export default {
  handlers: {
    'order.placed': {
      retry: { maxAttempts: 1 },
      handle: () => {
        if (!existsSync(${JSON.stringify(isBack)})) throw new Error('the warehouse does not answer');
        return null;
      },
    },
  },
};
`;

interface Plan {
  readonly id: string;
  readonly size: number;
  readonly state: string;
  readonly newMatches: number;
  readonly progress: { readonly waiting: number; readonly done: number } | null;
}

function clientOf({ url, token }: KilledSystem) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  /** What is asked again until it is as wanted, also while the system cannot be asked. */
  const until = async <Answer>(path: string, isWanted: (answer: Answer) => boolean): Promise<Answer> => {
    for (const giveUpAt = performance.now() + WITHIN_MS; ; ) {
      const answer = await ask<Answer>(path).catch(() => null);
      if (answer !== null && isWanted(answer)) return answer;
      if (performance.now() > giveUpAt) throw new Error(`${path}: ${JSON.stringify(answer)}`);
      await pause(50);
    }
  };
  return { ask, until };
}

describe.each(Object.entries(profiles))('a replay plan in the %s profile', (_name, { missing, start }) => {
  it.skipIf(missing !== null)(
    'whose processes are killed at 40 % replays every member once, and no other event',
    { timeout: 590_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'eventops-plans-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const [isBack, handlersFile] = [join(folder, 'is-back'), join(folder, 'eventops.config.ts')];
      await writeFile(handlersFile, handlersOf(isBack));
      const system = await start(join(folder, 'data'), handlersFile);
      onTestFinished(() => system.stop());
      const { ask, until } = clientOf(system);

      const posted = Array.from({ length: MEMBERS }, (_, number) => ({
        ...{ type: 'order.placed', source: 'shop', payload: { number }, idempotencyKey: `order-${number}` },
      }));
      const { results } = await ask<{ readonly results: readonly { readonly event: { readonly id: string } }[] }>(
        '/v1/events/batch',
        posted,
      );
      const ids = results.map(({ event }) => event.id);
      await until<{ readonly events: number }>('/v1/dead-letters/groups', ({ events }) => events === MEMBERS);
      await writeFile(isBack, '');
      const plan = await ask<Plan>('/v1/replay-plans', { filter: { type: 'order.placed' }, reason: 'it is back' });
      expect(plan).toMatchObject({ size: MEMBERS, state: 'frozen' });
      const path = `/v1/replay-plans/${plan.id}`;
      await until<Plan>(path, ({ progress }) => progress !== null);
      await ask(`${path}/start`, { ratePerSecond: RATE, canary: { events: 2, mayFail: 0 } });

      const isAt = (share: number) => (now: Plan) =>
        now.progress !== null && now.progress.waiting <= (1 - share) * MEMBERS;
      const killed = await until<Plan>(path, isAt(0.4));
      expect(killed.state).toBe('running');
      await system.killAndStart();

      await until<Plan>(path, ({ state, progress }) => state === 'completed' && progress?.done === MEMBERS);
      for (const id of ids) {
        const { items } = await ask<{ readonly items: readonly { readonly type: string; readonly planId?: string }[] }>(
          `/v1/events/${id}/history`,
        );
        const replays = items.filter(({ type }) => type === 'ReplayRequested');
        expect(replays, id).toMatchObject([{ planId: plan.id }]);
        expect(items.at(-1)?.type, id).toBe('ProcessingSucceeded');
      }
    },
  );
});
