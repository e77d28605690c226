import { expect, it } from 'vitest';
import { endOf, follow, isCaughtUp } from '../../../support/event-log/follow.ts';
import { appendAll, fill, kindOf, request } from '../../../support/event-log/transitions.ts';
import type { Clause } from '../clause.ts';

export const shutdown: Clause = {
  title: 'closing',
  define({ newPlace }) {
    it('settles every call, and what was told is durable', async () => {
      const place = await newPlace();
      const log = await place.open();
      await fill(log, 100);
      const checkpoint = await endOf(log);
      const requests = Array.from({ length: 500 }, () => request());
      const calls = [
        ...requests.map((each) => log.append(each)),
        log.readStream('a-stream'),
        log.head(),
        log.verifyCheckpoint(checkpoint),
      ];
      await log.close();
      const settled = await Promise.allSettled(calls);
      const outcomes = await Promise.all(calls.slice(0, requests.length) as ReturnType<typeof log.append>[]);
      expect(settled.slice(0, requests.length).map(({ status }) => status)).not.toContain('rejected');
      for (const outcome of outcomes)
        expect(['appended', 'unknown', 'refused: unavailable']).toContain(kindOf(outcome));

      const again = await place.open();
      for (const [index, { stream }] of requests.entries())
        if (outcomes[index]?.kind === 'appended') expect(await again.readStream(stream)).toHaveLength(1);
      await again.close();
    });

    it('ends subscriptions without an error, live ones and those that are behind', async () => {
      const log = await (await newPlace()).open();
      await fill(log, 2_000);
      const [live, behind] = [follow(log), follow(log, null, { maxBatch: 10 })];
      await live.until(isCaughtUp);
      await behind.next();
      const waiting = live.next();
      await log.close();
      expect(await waiting).toBeNull();
      while ((await behind.next()) !== null);
    });

    it('may happen twice, and with nothing done', async () => {
      const log = await (await newPlace()).open();
      await Promise.all([log.close(), log.close()]);
      await log.close();
    });

    it('is not needed for a subscription to end', async () => {
      const log = await (await newPlace()).open();
      await appendAll(log, [request()]);
      const abort = new AbortController();
      const aborted = follow(log, null, { signal: abort.signal });
      await aborted.until(isCaughtUp);
      const waiting = aborted.next();
      abort.abort();
      expect(await waiting).toBeNull();

      const returned = follow(log);
      await returned.until(isCaughtUp);
      const pending = returned.next();
      await returned.end();
      expect(await pending).toBeNull();
      expect(await follow(log, null, { signal: AbortSignal.abort() }).next()).toBeNull();
      await log.close();
    });
  },
};
