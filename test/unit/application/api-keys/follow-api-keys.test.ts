import { describe, expect, it, onTestFinished } from 'vitest';
import { type ApiKeysLimits, followApiKeys } from '../../../../src/application/api-keys/follow-api-keys.ts';
import { ApiKeysUnavailable } from '../../../../src/application/failures.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';
import { digestOfKey, idOfKey, keysIn } from '../../../support/api-keys.ts';
import { falsified } from '../../../support/falsified-log.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { createRecordingLogger } from '../../../support/worker/recording-logger.ts';

function surroundings() {
  const log = createInMemoryLog();
  const clock = manualClock();
  const keys = keysIn(log, clock);
  const follow = (of: Pick<EventLog, 'subscribeAll'> = log, limits: Partial<ApiKeysLimits> = {}) => {
    const broken: string[] = [];
    const logger = createRecordingLogger();
    const reportBroken = (stream: string) => void broken.push(stream);
    const apiKeys = followApiKeys({ log: of, clock, logger, reportBroken, limits });
    onTestFinished(() => apiKeys.stop());
    const isKnown = (name: string) => apiKeys.withDigest(digestOfKey(name)) !== null;
    const isRevoked = (name: string) => apiKeys.withDigest(digestOfKey(name))?.revoked !== null;
    const names = () => apiKeys.all().map(({ created: { name } }) => name);
    return { ...apiKeys, broken, logger, isKnown, isRevoked, names };
  };
  return { log, clock, keys, follow };
}

describe('a process that follows API keys', () => {
  it('judges none before it has read the log, and then all that are there', async () => {
    const { keys, follow } = surroundings();
    await keys.create('a');
    await keys.create('b');
    await keys.revoke('b');
    const followed = follow();
    expect(() => followed.isKnown('a')).toThrow(ApiKeysUnavailable);
    expect(followed.unhealthyReason()).toMatch(/not all been read/);
    await followed.caughtUp;
    expect([followed.isRevoked('a'), followed.isRevoked('b'), followed.isKnown('c')]).toEqual([false, true, false]);
    expect(followed.unhealthyReason()).toBeNull();
  });

  it('hears of keys that are created and revoked', async () => {
    const { keys, follow } = surroundings();
    const { caughtUp, known, isKnown, isRevoked } = follow();
    await caughtUp;
    await keys.create('a');
    await known(idOfKey('a'), 0, 1_000);
    expect([isKnown('a'), isRevoked('a')]).toEqual([true, false]);
    await keys.revoke('a');
    await known(idOfKey('a'), 1, 1_000);
    expect(isRevoked('a')).toBe(true);
  });

  it('waits no longer than it is asked to', async () => {
    const { clock, follow } = surroundings();
    const { caughtUp, known } = follow();
    await caughtUp;
    const waiting = known(idOfKey('a'), 0, 1_000);
    clock.advance(1_000);
    await waiting;
  });

  it('goes by what it has heard while the log is unavailable', async () => {
    const { log, clock, keys, follow } = surroundings();
    await keys.create('a');
    const { caughtUp, known, isKnown, isRevoked, names, unhealthyReason } = follow();
    await caughtUp;
    await log.close();
    expect([isKnown('a'), names(), unhealthyReason()]).toEqual([true, ['a'], null]);
    log.reopen();
    await keys.revoke('a');
    const heard = known(idOfKey('a'), 1, 60_000);
    clock.advance(5_000);
    await heard;
    expect(isRevoked('a')).toBe(true);
  });

  it('refuses a key that was revoked here, before it hears of that', async () => {
    const { log, clock, keys, follow } = surroundings();
    await keys.create('a');
    const { caughtUp, known, isKnown, isRevoked } = follow();
    await caughtUp;
    await log.close();
    log.reopen();
    await keys.revoke('a');
    const heard = known(idOfKey('a'), 1, 60_000);
    expect(isKnown('a')).toBe(false);
    clock.advance(5_000);
    await heard;
    expect([isKnown('a'), isRevoked('a')]).toEqual([true, true]);
  });

  it.each([
    ['one byte is another', (data: string) => ({ data: data.replace('events:write', 'events:wriTe') })],
    ['its type is another', () => ({ type: 'ApiKeyRenewed' })],
    ['it is of another stream', () => ({ stream: `key-${idOfKey('c')}` })],
    ['it is at another revision', () => ({ revision: 5n as never })],
  ])('lets no key in of whose history this is so: %s', async (_what, change) => {
    const { log, keys, follow } = surroundings();
    await keys.create('a');
    await keys.create('b');
    const { broken, caughtUp, isKnown, names } = follow(
      falsified(log, ({ stream, data }) => (stream.endsWith(idOfKey('a')) ? change(data) : {})),
    );
    await caughtUp;
    expect([isKnown('a'), isKnown('b'), names()]).toEqual([false, true, ['b']]);
    expect(broken.length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['is changed', () => ({ data: '{"reason":"x","requestedBy":"x","revokedAt":"2030-01-01T00:00:00.000Z"}' })],
    ['is of a later version', () => ({ schemaVersion: 2 })],
    ['has become a second creation', () => ({ type: 'ApiKeyCreated' })],
  ])('lets no key in whose revocation %s', async (_what, change) => {
    const { log, keys, follow } = surroundings();
    await keys.create('a');
    const { caughtUp, isKnown, broken } = follow(
      falsified(log, ({ type }) => (type === 'ApiKeyRevoked' ? change() : {})),
    );
    await caughtUp;
    expect(isKnown('a')).toBe(true);
    await keys.revoke('a');
    await expect.poll(() => isKnown('a')).toBe(false);
    expect(broken).toEqual([`key-${idOfKey('a')}`]);
  });

  it('goes by a log that was put back: what it lacks is refused, and what it says counts', async () => {
    const { log, clock, keys, follow } = surroundings();
    await keys.create('kept');
    await keys.revoke('kept');
    await keys.create('lost');
    const followed = follow();
    await followed.caughtUp;
    log.restore(1);
    await keys.create('new');
    await expect
      .poll(() => {
        clock.advance(1_000);
        return followed.isKnown('new');
      })
      .toBe(true);
    expect([followed.isRevoked('kept'), followed.isKnown('lost')]).toEqual([false, false]);
  });

  it('remembers so many, and all that are live', async () => {
    const { clock, keys, follow } = surroundings();
    const { caughtUp, known, names, isKnown } = follow(undefined, { remembered: 3 });
    await caughtUp;
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await keys.create(name, name === 'b' ? '2030-01-01T00:00:01.000Z' : null);
    await known(idOfKey('e'), 0, 1_000);
    expect(names()).toEqual(['a', 'b', 'c', 'd', 'e']);
    clock.advance(1_000);
    await keys.revoke('a');
    await known(idOfKey('a'), 1, 1_000);
    await expect.poll(names).toEqual(['c', 'd', 'e']);
    expect([isKnown('a'), isKnown('b'), isKnown('c')]).toEqual([false, false, true]);
    await keys.revoke('d');
    await keys.create('f');
    await known(idOfKey('f'), 0, 1_000);
    expect(names()).toEqual(['c', 'e', 'f']);
  });
});
