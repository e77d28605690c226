import { truncateSync } from 'node:fs';
import { expect, it } from 'vitest';
import { leftOpenAfter } from '../../../support/event-log/embedded/left-open.ts';
import { lostEndIsNotNoticed, openedWithBug } from '../../../support/event-log/embedded/open-with-bug.ts';
import { appendAll, request, transitions } from '../../../support/event-log/transitions.ts';

it(`is noticed when it is planted into the code: ${lostEndIsNotNoticed.name}`, async () => {
  const left = await leftOpenAfter(async (log) => appendAll(log, [request({ transitions: transitions(2) })]), {
    limits: { everyMs: 0, idleMs: 1e9 },
  });
  truncateSync(`${left.path}-wal`, 0);
  expect(await openedWithBug(left.copy().path, null)).toBe('incomplete');
  // What other tests of the log hold to be refused is not refused any more.
  expect(await openedWithBug(left.copy().path, lostEndIsNotNoticed)).toBe('opened');
});
