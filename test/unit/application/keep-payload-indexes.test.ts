import { expect, it } from 'vitest';
import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import { keepPayloadIndexes } from '../../../src/application/keep-payload-indexes.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

const random = { uuid: () => '', fraction: () => 0 };

it('the indexes of payload fields are made once the database is there, and looked after from then on', async () => {
  const clock = createVirtualClock();
  const logger = createRecordingLogger();
  let failures = 2;
  let isMissing = true;
  const asked: (readonly string[])[] = [];
  const service = keepPayloadIndexes({
    ...{ fields: ['a.b', 'c'], clock, logger, random },
    indexes: {
      async keepOnly(fields) {
        if (failures-- > 0) throw new ReadDatabaseUnavailable('The database is away');
        asked.push(fields);
        const created = isMissing ? fields : [];
        isMissing = false;
        return { created, dropped: 0 };
      },
    },
  });
  await service.start();
  await clock.runUntil(() => service.unhealthyReason()?.includes('The database is away') === true);
  expect(asked).toEqual([]);
  await clock.runUntil(() => asked.length === 1);
  await clock.runUntil(() => service.unhealthyReason() === null);
  isMissing = true;
  await clock.runUntil(() => asked.length === 3);
  await service.stop();
  expect(new Set(asked.map((fields) => fields.join()))).toEqual(new Set(['a.b,c']));
  expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info', 'info']);
});
