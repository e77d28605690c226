import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../src/application/ports/event-log.ts';
import { events } from '../../../../src/projections/events/read-model.ts';
import type { Projector } from '../../../../src/projections/projector.ts';
import { bothCopies } from '../../../../src/projections/rebuild/both-copies.ts';
import { createFollowers } from '../../../../src/projections/rebuild/followers.ts';

const at = '1' as Checkpoint;
const progress = { position: null, recordedAt: null, movedAt: null, isCaughtUp: true, transitions: 0, failures: 0 };

const projector = (write: Projector['write'] = async () => async () => {}): Projector => ({
  ...{ name: 'projection:events', streamPrefixes: [], write },
  decode: () => ({ decoded: [], failures: [] }),
  load: async () => at,
  handle: async () => {},
  progress: () => ({ ...progress, checkpoint: at, lastBatch: null }),
});

describe('two copies', () => {
  it('are in step no longer once a batch has failed, until they have caught up again', async () => {
    let isBroken = true;
    const live = projector(async () => {
      if (isBroken) throw new Error('no answer');
      return async () => {};
    });
    const both = bothCopies(live, projector(), () => {});
    await both.load();
    await both.caughtUp?.();
    expect(both.areInStep()).toBe(true);
    await expect(both.handle([], at)).rejects.toThrow('no answer');
    expect(both.areInStep()).toBe(false);
    isBroken = false;
    await both.load();
    await both.handle([], at);
    expect(both.areInStep()).toBe(false);
    await both.caughtUp?.();
    expect(both.areInStep()).toBe(true);
    await both.load();
    expect(both.areInStep()).toBe(false);
  });

  it('are handed out once they are in step, also when whoever asked first has given up', async () => {
    const caughtUp = Promise.withResolvers<void>();
    const followers = createFollowers({
      catchUp: async () => 0,
      projector: () => projector(),
      follow: () => ({
        ...{ name: 'projection:events', start: async () => {}, stop: async () => {}, unhealthyReason: () => null },
        caughtUp: caughtUp.promise,
      }),
    });
    const beside = { readModel: events, slot: 'rebuild_events' };
    const given = AbortSignal.abort(new Error('asked otherwise'));
    await expect(followers.inStep(events, beside, given)).rejects.toThrow('asked otherwise');
    let isHandedOut = false;
    const second = followers.inStep(events, beside, new AbortController().signal).then(() => {
      isHandedOut = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isHandedOut).toBe(false);
    caughtUp.resolve();
    await second;
  });
});
