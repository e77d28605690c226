import { describe, expect, it } from 'vitest';
import { factOf } from '../../../src/projections/failure-groups/fact.ts';
import { concerning } from '../../../src/projections/read-model.ts';
import { failed, received, started } from '../../support/domain/transitions.ts';
import { historyOf } from '../../support/read-database/following.ts';

describe('what a read model is handed over', () => {
  it('is of its own streams, whatever another version beside it is made of', () => {
    const all = historyOf('one', [received()]);
    expect(concerning({ streamPrefixes: ['event-'] }, all)).toEqual(all);
    expect(concerning({ streamPrefixes: ['tally-'] }, all)).toEqual([]);
  });

  it('of a failure has a version of the handler that a row can hold', () => {
    const one = failed();
    if (one.type !== 'ProcessingFailed') throw new Error('another type');
    const odd = { ...one, data: { ...one.data, handlerVersion: '1\0' } };
    const recorded = historyOf('one', [received(), started(), odd]).at(-1);
    expect(recorded && factOf(recorded)).toMatchObject({ kind: 'failed', handlerVersion: '1\uFFFD' });
  });
});
