import { describe, expect, it } from 'vitest';
import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { BackgroundService } from '../../../src/application/ports/background-service.ts';
import type { Lease, Leases } from '../../../src/application/ports/leases.ts';
import { whileLeased } from '../../../src/application/while-leased.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createVirtualClock, type VirtualClock } from '../../support/worker/virtual-clock.ts';

const LEASE_MS = 5_000;

/** The lease of one name, by the virtual clock; `isAway` as a database that cannot be reached. */
class LeaseInMemory implements Leases {
  isAway = false;
  renewals = 0;
  readonly #clock: VirtualClock;
  #held: { readonly owner: string; readonly epoch: bigint; readonly until: number } | null = null;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  #reach() {
    if (this.isAway) throw new ReadDatabaseUnavailable('The database is away');
    return { now: this.#clock.now(), held: this.#held };
  }

  async acquire(name: string, owner: string) {
    const { now, held } = this.#reach();
    if (held !== null && now < held.until) return null;
    this.#held = { owner, epoch: (held?.epoch ?? 0n) + 1n, until: now + LEASE_MS };
    return { name, owner, epoch: this.#held.epoch };
  }

  async renew({ owner, epoch }: Lease) {
    const { now, held } = this.#reach();
    this.renewals++;
    if (held?.epoch !== epoch) return false;
    this.#held = { owner, epoch, until: now + LEASE_MS };
    return true;
  }

  async release({ epoch }: Lease) {
    const { now, held } = this.#reach();
    if (held?.epoch === epoch) this.#held = { ...held, until: now };
  }

  /** As it looks to an owner who was paused for too long. */
  takeAway() {
    this.#held = { owner: 'another', epoch: (this.#held?.epoch ?? 0n) + 1n, until: this.#clock.now() + LEASE_MS };
  }
}

function scene() {
  const clock = createVirtualClock();
  const leases = new LeaseInMemory(clock);
  const logger = createRecordingLogger();
  const happened: string[] = [];
  const activeNow = () =>
    happened.filter((what) => what.endsWith('begins')).length - happened.filter((what) => what.endsWith('ends')).length;
  const service = (owner: string, epoch: bigint): BackgroundService => ({
    name: 'work',
    start: async () => void happened.push(`${owner} ${epoch} begins`),
    stop: async () => void happened.push(`${owner} ${epoch} ends`),
    unhealthyReason: () => null,
  });
  const participant = (owner: string, begin = (lease: Lease) => service(owner, lease.epoch)) =>
    whileLeased({ leases, name: 'work', owner, begin, clock, logger });
  return { clock, leases, logger, happened, activeNow, participant };
}

describe('a leased service', () => {
  it('is active in one of two processes, for as long as that one lives', async () => {
    const { clock, happened, participant } = scene();
    const [one, two] = [participant('one'), participant('two')];
    await one.start();
    await two.start();
    await clock.run(60_000);
    expect(happened).toEqual(['one 1 begins']);
    expect([one.unhealthyReason(), two.unhealthyReason()]).toEqual([null, null]);
  });

  it('is handed over soon when its owner stops in good order', async () => {
    const { clock, happened, participant } = scene();
    const [one, two] = [participant('one'), participant('two')];
    await one.start();
    await two.start();
    await clock.run(10_000);
    await clock.finish(one.stop());
    await clock.run(1_000);
    expect(happened).toEqual(['one 1 begins', 'one 1 ends', 'two 2 begins']);
  });

  it('is stopped in the process whose lease another took over, and stands by there', async () => {
    const { clock, leases, happened, participant } = scene();
    const one = participant('one');
    await one.start();
    await clock.run(1_000);
    leases.takeAway();
    await clock.run(2_000);
    expect(happened).toEqual(['one 1 begins', 'one 1 ends']);
    await clock.run(LEASE_MS);
    expect(happened.at(-1)).toBe('one 3 begins');
  });

  it('goes on while the store of leases is away, and says so once', async () => {
    const { clock, leases, logger, happened, participant } = scene();
    const one = participant('one');
    await one.start();
    await clock.run(1_000);
    leases.isAway = true;
    await clock.run(60_000);
    expect(happened).toEqual(['one 1 begins']);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    leases.isAway = false;
    await clock.run(10_000);
    expect(happened).toEqual(['one 1 begins']);
    expect(one.unhealthyReason()).toBeNull();
  });

  it('waits for a store of leases that is away when it starts', async () => {
    const { clock, leases, happened, participant } = scene();
    leases.isAway = true;
    const one = participant('one');
    await one.start();
    await clock.run(10_000);
    expect([happened, one.unhealthyReason()]).toEqual([[], 'The database is away']);
    leases.isAway = false;
    await clock.run(1_000);
    expect([happened, one.unhealthyReason()]).toEqual([['one 1 begins'], null]);
  });

  it('that cannot begin leaves the lease to others, tells why, and tries again', async () => {
    const { clock, logger, happened, participant } = scene();
    let mayBegin = false;
    const one = participant('one', (lease) => {
      if (!mayBegin) throw new Error('the log is away');
      return {
        name: 'work',
        start: async () => void happened.push(`one ${lease.epoch} begins`),
        stop: async () => {},
        unhealthyReason: () => null,
      };
    });
    await one.start();
    await clock.run(5_000);
    expect(one.unhealthyReason()).toBe('the log is away');
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    mayBegin = true;
    await clock.run(1_000);
    expect(happened).toHaveLength(1);
  });

  it('prolongs its lease often enough to miss twice', async () => {
    const { clock, leases, participant } = scene();
    await participant('one').start();
    await clock.run(LEASE_MS);
    expect(leases.renewals).toBeGreaterThanOrEqual(3);
  });

  it('ends with its process also while the store of leases is away', async () => {
    const { clock, leases, activeNow, participant } = scene();
    const one = participant('one');
    await one.start();
    await clock.run(1_000);
    leases.isAway = true;
    await clock.finish(one.stop());
    expect(activeNow()).toBe(0);
  });
});
