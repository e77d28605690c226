import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmbeddedPlace } from '../../../support/event-log/embedded/embedded-place.ts';
import { readLog } from '../../../support/event-log/follow.ts';
import { appendAll, appendUntilKnown, kindOf, request, transition } from '../../../support/event-log/transitions.ts';

const countKinds = (kinds: readonly string[]) =>
  Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]));

async function newLog(deadlineMs = 30_000) {
  const place = createEmbeddedPlace();
  onTestFinished(() => place.destroy());
  return { place, log: await place.open({ deadlineMs }) };
}

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
