import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { dueWork } from '../../../src/projections/due-work/read-model.ts';
import { readWorkLeft } from '../../../src/projections/work-left.ts';
import { histories, received, request } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf, logOf, projectorOf, projectorOn } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';

const db = readTablesOfThisFile();

async function project(log: ReturnType<typeof logOf>): Promise<void> {
  for (const projector of [projectorOn(db()), projectorOf(dueWork, db())]) {
    await projector.load();
    await projector.handle(log, checkpointAfter(log.length));
  }
}

/** As if rows had been written so long ago by the clocks that wrote them; negative for clocks that are ahead. */
const setAges = async (seconds: number) => {
  await sql`update events set updated_at = clock_timestamp() - ${seconds} * interval '1 s'`.execute(db());
  await sql`
    update due_work set recorded_at = clock_timestamp() - ${seconds} * interval '1 s',
      due_at = case when due_at is not null then clock_timestamp() - ${seconds} * interval '1 s' end`.execute(db());
};
const whole = (value: number) => Math.round(value / 10) * 10;

describe('work that is left', () => {
  it('is none in empty tables', async () => {
    expect(await readWorkLeft(db(), 10)).toEqual({ deadLetters: [], dueWork: [] });
  });

  it('is counted by type and by what it waits for, with the age of the oldest', async () => {
    await project(
      logOf([
        ...historyOf('dead-1', histories.dead),
        ...historyOf('dead-2', histories.dead),
        ...historyOf('waiting', [received()]),
        ...historyOf('failed', histories['waiting for a retry']),
        ...historyOf('running', histories.processing),
        ...historyOf('done', histories.processed),
      ]),
    );
    await setAges(100);
    const { deadLetters, dueWork: due } = await readWorkLeft(db(), 10);
    const ages = (rows: readonly { readonly oldestAgeSeconds: number }[]) =>
      rows.map((row) => ({ ...row, oldestAgeSeconds: whole(row.oldestAgeSeconds) }));
    expect(ages(deadLetters)).toEqual([{ type: request.type, count: 2, oldestAgeSeconds: 100 }]);
    expect(ages(due).toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)))).toEqual([
      ...(['command', 'lease', 'retry'] as const).map((kind) => ({ kind, count: 1, oldestAgeSeconds: 100 })),
    ]);
  });

  it('keeps the types with most dead letters, and adds up those of all others', async () => {
    for (const [type, count] of [
      ['a', 3],
      ['b', 2],
      ['c', 1],
      ['d', 1],
    ] as const)
      await project(
        logOf(
          Array.from({ length: count }, (_, index) =>
            historyOf(
              `${type}-${index}`,
              histories.dead.map((each) =>
                each.type === 'EventReceived' ? { ...each, data: { ...each.data, type } } : each,
              ),
            ),
          ).flat(),
        ),
      );
    const { deadLetters } = await readWorkLeft(db(), 2);
    const counts = new Map(deadLetters.map(({ type, count }) => [type, count]));
    expect(counts).toEqual(
      new Map([
        ['a', 3],
        ['b', 2],
        [null, 2],
      ]),
    );
  });

  it('is not younger than now, though clocks that wrote it are ahead, nor due before its time', async () => {
    await project(logOf([...historyOf('dead', histories.dead), ...historyOf('waiting', [received()])]));
    await setAges(-1_000);
    const { deadLetters, dueWork: due } = await readWorkLeft(db(), 10);
    expect([...deadLetters, ...due].map(({ oldestAgeSeconds }) => oldestAgeSeconds)).toEqual([0, 0]);
  });

  it('is in a row without an age where the time of a transition is none', async () => {
    const [receipt] = historyOf('odd', [received()]);
    if (receipt === undefined) throw new Error('There is no receipt');
    const projector = projectorOf(dueWork, db());
    await projector.load();
    await projector.handle(logOf([{ ...receipt, recordedAt: '0000-13-99T00:00:00.000Z' }]), checkpointAfter(1));
    expect((await readWorkLeft(db(), 10)).dueWork).toEqual([{ kind: 'command', count: 1, oldestAgeSeconds: 0 }]);
  });
});
