import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdmissionLimits, createAdmission, type Hold } from '../../../src/api/admission.ts';
import { manualClock } from '../../support/api/manual-clock.ts';

const usual: AdmissionLimits = {
  bytesInHand: 10,
  bytesInHandOfOneClient: 6,
  requestsWaiting: 3,
  requestsWaitingOfOneClient: 2,
  waitForRoomMs: 100,
};

function setUp(limits: Partial<AdmissionLimits> = {}) {
  const clock = manualClock();
  const admission = createAdmission({ ...usual, ...limits }, clock);
  return { admission, clock };
}

/** What has become of a request by now: `undefined` while it waits. */
async function outcomeOf(asked: Promise<unknown>) {
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([asked, Promise.resolve(undefined)]);
}

describe('admission', () => {
  it('lets in what fits, and gives back what is released', async () => {
    const { admission } = setUp();
    const hold = admission.hold('one');
    expect(await hold.resize(6)).toBeNull();
    expect(admission.bytesInHand()).toBe(6);
    hold.release();
    hold.release();
    expect(admission.bytesInHand()).toBe(0);
  });

  it('lets a request wait for room, and in once there is some', async () => {
    const { admission } = setUp();
    const [first, second] = [admission.hold('one'), admission.hold('two')];
    await first.resize(6);
    const waiting = second.resize(5);
    expect(await outcomeOf(waiting)).toBeUndefined();
    first.release();
    expect(await waiting).toBeNull();
    expect(admission.bytesInHand()).toBe(5);
  });

  it.each([
    ['client', 'one', 1],
    ['all', 'two', 5],
  ])('refuses for want of room of the %s after a moment', async (shortage, client, bytes) => {
    const { admission, clock } = setUp();
    await admission.hold('one').resize(6);
    const waiting = admission.hold(client).resize(bytes);
    expect(await outcomeOf(waiting)).toBeUndefined();
    clock.advance(100);
    expect(await waiting).toBe(shortage);
    expect(admission.bytesInHand()).toBe(6);
  });

  it('lets nobody past a request that waits for the whole, and others past one that waits for its own share', async () => {
    const { admission } = setUp();
    await admission.hold('one').resize(6);
    const ofItsOwnShare = admission.hold('one').resize(1);
    const small = admission.hold('two');
    expect(await small.resize(1)).toBeNull();
    const large = admission.hold('three').resize(4);
    expect(await outcomeOf(admission.hold('four').resize(1))).toBeUndefined();
    small.release();
    expect(await large).toBeNull();
    expect(await outcomeOf(ofItsOwnShare)).toBeUndefined();
  });

  it('bounds how many wait, in all and of one client', async () => {
    const { admission } = setUp();
    await admission.hold('one').resize(6);
    const waiting = [admission.hold('one').resize(1), admission.hold('one').resize(1)];
    expect(await admission.hold('one').resize(1)).toBe('client');
    waiting.push(admission.hold('two').resize(5));
    expect(await admission.hold('three').resize(5)).toBe('all');
    expect(await Promise.all(waiting.map(outcomeOf))).toEqual([undefined, undefined, undefined]);
  });

  it('gives up the wait of a request whose connection is gone', async () => {
    const { admission } = setUp();
    const first = admission.hold('one');
    await first.resize(6);
    const gone = admission.hold('one');
    const waiting = gone.resize(6);
    gone.release();
    expect(await waiting).toBe('all');
    first.release();
    expect(admission.bytesInHand()).toBe(0);
  });

  it.each([1, 2, 3])('serves one request after the other when every bound is %i', async (bound) => {
    const { admission } = setUp({ bytesInHand: bound, bytesInHandOfOneClient: bound });
    const hold = admission.hold('one');
    expect(await hold.resize(1_000)).toBeNull();
    expect(await hold.resize(5_000)).toBeNull();
    const next = admission.hold('two');
    const waiting = next.resize(1_000);
    expect(await outcomeOf(waiting)).toBeUndefined();
    hold.release();
    expect(await waiting).toBeNull();
  });

  it('never holds more than its bounds but for one request that is larger, and loses nothing', async () => {
    const step = fc.record({ client: fc.nat(2), bytes: fc.integer({ min: 0, max: 12 }), end: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 10 }), async (steps, bound) => {
        const { admission, clock } = setUp({ bytesInHand: bound, bytesInHandOfOneClient: Math.ceil(bound / 2) });
        const holds: Hold[] = [];
        const asked: Promise<unknown>[] = [];
        for (const { client, bytes, end } of steps) {
          const hold = end ? holds.shift() : admission.hold(`${client}`);
          if (hold === undefined) continue;
          if (end) hold.release();
          else {
            holds.push(hold);
            asked.push(hold.resize(bytes));
          }
          expect(admission.bytesInHand()).toBeLessThanOrEqual(Math.max(bound, 12));
        }
        for (const hold of holds) hold.release();
        clock.advance(usual.waitForRoomMs);
        await Promise.all(asked);
        expect(admission.bytesInHand()).toBe(0);
      }),
    );
  });
});
