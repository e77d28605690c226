import { describe, expect, it, onTestFinished } from 'vitest';
import type { Logger } from '../../../../src/application/ports/logger.ts';
import { createEmbeddedPlace } from '../../../support/event-log/embedded/embedded-place.ts';
import { armFault, disarmFault } from '../../../support/event-log/embedded/faults.ts';
import { follow, isCaughtUp, readLog, transitionsOf } from '../../../support/event-log/follow.ts';
import {
  appendAll,
  appendUntilKnown,
  fill,
  kindOf,
  request,
  transition,
} from '../../../support/event-log/transitions.ts';

const countKinds = (kinds: readonly string[]) =>
  Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]));

async function newLog(deadlineMs = 30_000) {
  const place = createEmbeddedPlace();
  onTestFinished(() => place.destroy());
  return { place, log: await place.open({ deadlineMs }) };
}

/** Keeps what is told, as `level: message`. */
function listeningLogger() {
  const told: string[] = [];
  const at = (level: string) => (_: object, message: string) => void told.push(`${level}: ${message}`);
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return { told, logger };
}

describe('an embedded log with a failing disk', () => {
  it('tells the operator once when it begins and once when it is over', async () => {
    const place = createEmbeddedPlace();
    onTestFinished(() => place.destroy());
    const { told, logger } = listeningLogger();
    const log = await place.open({ logger });
    armFault(place.path, 'find the disk full');
    for (let tries = 0; tries < 3; tries++) expect(kindOf(await log.append(request()))).toBe('refused: unavailable');
    disarmFault(place.path);
    for (let tries = 0; tries < 3; tries++) await appendAll(log, [request()]);
    expect(told).toEqual(['error: the log takes no appends', 'info: the log takes appends again']);

    armFault(place.path, 'die before the commit');
    expect((await log.append(request())).kind).toBe('unknown');
    await appendUntilKnown(log, request());
    expect(told.slice(2)).toEqual([
      'error: the log is unavailable: its thread has ended',
      'error: the log takes no appends',
      'info: the log takes appends again',
    ]);
    await log.close();
  });
});

describe('an embedded log that is asked for too much', () => {
  it('refuses what is beyond 20,000 waiting appends, and takes the others', async () => {
    const { log } = await newLog();
    const kinds = (await log.appendMany(Array.from({ length: 25_000 }, () => request()))).map(kindOf);
    expect(countKinds(kinds)).toEqual({ appended: 20_000, 'refused: unavailable': 5_000 });
    expect(await readLog(log)).toHaveLength(20_000);
    expect(kindOf(await log.append(request()))).toBe('appended');
    await log.close();
  });

  it('refuses what is beyond 48 MiB waiting, and takes the others', async () => {
    const { log } = await newLog();
    const data = 'x'.repeat(256 * 1024);
    const requests = Array.from({ length: 250 }, () => request({ transitions: [transition({ data })] }));
    const kinds = countKinds((await log.appendMany(requests)).map(kindOf));
    expect(kinds).toEqual({ appended: 191, 'refused: unavailable': 59 });
    await log.close();
  });

  it('tells a subscriber again when it has caught up, after it fell too far behind to be served from memory', async () => {
    const { log } = await newLog();
    const follower = follow(log);
    await follower.until(isCaughtUp);
    await fill(log, 20_000);
    expect(transitionsOf(await follower.until(isCaughtUp))).toHaveLength(20_000);
    await follower.end();
    await log.close();
  });

  it('is closed by its deadline although its disk does not answer', async () => {
    const { place, log } = await newLog(100);
    const endSilence = await place.fallSilent?.();
    const appends = Promise.all([log.append(request()), log.append(request())]);
    await log.close();
    expect((await appends).map(kindOf)).toEqual(['unknown', 'unknown']);
    await endSilence?.();
  });

  it('refuses at once while its disk does not answer, and goes on when it does', async () => {
    const { place, log } = await newLog(100);
    await appendAll(log, [request()]);
    const endSilence = await place.fallSilent?.();
    expect((await log.append(request())).kind).toBe('unknown');
    const kinds = (await log.appendMany(Array.from({ length: 1_000 }, () => request()))).map(kindOf);
    expect(countKinds(kinds)).toEqual({ 'refused: unavailable': 1_000 });
    await endSilence?.();
    expect((await appendUntilKnown(log, request())).kind).toBe('appended');
    await log.close();
  });
});
