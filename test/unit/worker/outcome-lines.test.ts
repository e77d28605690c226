import { describe, expect, it } from 'vitest';
import { NonRetryableError } from '../../../src/worker/handlers/non-retryable-error.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

const retry = { maxAttempts: 5, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 };
const secret = '4242 4242 4242 4242';

/** A worker whose handler throws what each event's payload asks for, and the lines that it logs. */
async function workingWith(throwing: (call: number) => Error | null) {
  const logger = createRecordingLogger();
  let calls = 0;
  const handler = handlerOf(
    async () => {
      const error = throwing(calls++);
      if (error !== null) throw error;
    },
    { retry },
  );
  const { receive, process, clock } = await createWorkshop([handler], { logger });
  let posted = 0;
  const run = async (count: number) => {
    const ids: string[] = [];
    for (let number = 0; number < count; number++) ids.push(await receive(`key-${posted++}`));
    for (const id of ids) await process(id);
    return ids;
  };
  return { run, clock, lines: () => logger.lines.filter(({ level }) => level !== 'debug') };
}

describe('the log has', () => {
  it('no line of an event that is processed', async () => {
    const { run, lines } = await workingWith(() => null);
    await run(10);
    expect(lines()).toEqual([]);
  });

  it('an error line of each of 300 dead letters, with its event and the kind of its failure', async () => {
    const { run, lines } = await workingWith(() => new NonRetryableError('It fits nowhere'));
    const ids = await run(300);
    expect(lines().map(({ level, fields }) => [level, fields['eventId']])).toEqual(ids.map((id) => ['error', id]));
    expect(lines()[0]?.fields).toMatchObject({
      ...{ type: 'order.placed', generation: 0, attempt: 1 },
      failure: { class: 'NonRetryableError', fingerprint: expect.any(String) },
    });
    expect(lines()[0]?.message).toContain('dead letter');
  });

  it('one warning of a burst of failed attempts of one kind, and one of another kind', async () => {
    const { run, lines } = await workingWith((call) =>
      call < 100 ? new TypeError('No lines') : new RangeError('Far'),
    );
    const [first] = await run(102);
    expect(lines().map(({ level, fields }) => [level, fields['failure']])).toMatchObject([
      ['warn', { class: 'TypeError' }],
      ['warn', { class: 'RangeError' }],
    ]);
    expect(lines()[0]?.fields).toMatchObject({ eventId: first, attempt: 1, nextAttemptAt: expect.any(String) });
  });

  it('one more a minute with their number while it goes on, and one when it is over', async () => {
    const { run, clock, lines } = await workingWith((call) => (call < 21 ? new TypeError('No lines') : null));
    await run(20);
    await clock.finish(clock.sleep(60_000));
    await run(1);
    expect(lines().map(({ fields }) => fields['occurrences'])).toEqual([undefined, 20]);
    await clock.finish(clock.sleep(60_000));
    await run(1);
    expect(lines().slice(2)).toMatchObject([{ level: 'info', fields: { about: 'order.placed', occurrences: 21 } }]);
  });

  it('nothing of what a failure says: its message may quote a payload', async () => {
    const { run, lines } = await workingWith((call) =>
      call === 0 ? new TypeError(`Card ${secret}`) : new NonRetryableError(`Card ${secret}`),
    );
    await run(2);
    expect(lines()).toHaveLength(2);
    expect(JSON.stringify(lines())).not.toContain(secret);
  });
});
