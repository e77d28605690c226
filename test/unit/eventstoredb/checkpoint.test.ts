import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, isBeyond, parseCheckpoint } from '../../../src/adapters/eventstoredb/checkpoint.ts';
import { CheckpointRefused } from '../../../src/application/failures.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';

const position = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const place = fc.option(fc.record({ commit: position, prepare: position, id: fc.uuid() }));
const progress = fc.record({ logId: fc.option(fc.uuid()), last: place, passed: place });

describe('a checkpoint of EventStoreDB', () => {
  it('holds the log, the last transition and what was passed over since, to the last digit', () => {
    fc.assert(
      fc.property(progress, (given) => {
        expect(parseCheckpoint(formatCheckpoint(given))).toEqual(given);
      }),
    );
  });

  it.each(['', 'esdb1', 'esdb1/-', 'esdb1/-/1.1', '{"position":1}', 'esdb2/-/-', 'esdb1/-/1.1.x/'])(
    'is refused when it is none: %s',
    (text) => {
      expect(() => parseCheckpoint(text as Checkpoint)).toThrow(CheckpointRefused);
    },
  );

  it('says which of two places comes first, by commit and then by prepare', () => {
    const at = (commit: bigint, prepare: bigint) => ({ commit, prepare });
    expect(isBeyond(at(2n, 0n), at(1n, 1n))).toBe(true);
    expect(isBeyond(at(1n, 1n), at(1n, 0n))).toBe(true);
    expect(isBeyond(at(1n, 1n), at(1n, 1n))).toBe(false);
    expect(isBeyond(at(1n, 0n), at(1n, 1n))).toBe(false);
    expect(isBeyond(at(0n, 0n), null)).toBe(true);
  });
});
