import { describe, expect, it } from 'vitest';
import { decodeTransition } from '../../../src/application/decode-transition.ts';
import { eventIdOfStream } from '../../../src/application/event-identity.ts';
import { UndecodableTransition } from '../../../src/application/failures.ts';
import { load, noHistory } from '../../../src/application/load.ts';

import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import { IllegalTransition } from '../../../src/domain/event/state.ts';
import { histories, received, succeeded } from '../../support/domain/transitions.ts';
import { sealedHistory } from '../../support/sealed-history.ts';

const [receipt] = sealedHistory(histories.received);
if (receipt === undefined) throw new Error('No history');
const logOf = (history: readonly RecordedTransition[]) => ({ readStream: async () => history });

describe('a stored transition', () => {
  it.each(histories.discarded.map((transition, index) => ({ transition, index })))(
    'is read as it was written: $transition.type',
    ({ transition, index }) => {
      const recorded = sealedHistory(histories.discarded)[index];
      if (recorded === undefined) throw new Error('No such transition');
      expect(decodeTransition(eventAggregate, recorded)).toEqual(transition);
    },
  );

  it.each([
    ['an unknown type', { type: 'EventForgotten' }, 'unknown transition type EventForgotten'],
    ['a name that every object has', { type: 'constructor' }, 'unknown transition type constructor'],
    ['a newer shape', { schemaVersion: 2 }, 'EventReceived of schema version 2; this version reads 1'],
    ['data without its shape', { data: '{"type":1}' }, 'the data of EventReceived does not have its shape'],
    ['data that is no JSON', { data: '{"type":' }, 'the data of EventReceived does not have its shape'],
  ])('of %s is refused, by the place where it is', (_what, change, message) => {
    const read = () => decodeTransition(eventAggregate, { ...receipt, ...change });
    expect(read).toThrow(UndecodableTransition);
    expect(read).toThrow(`${receipt.stream}, revision 0: ${message}`);
  });
});

describe('an event', () => {
  it('is loaded as its history tells it', async () => {
    const history = sealedHistory(histories['waiting for a retry']);
    expect(await load(eventAggregate, logOf(history), eventIdOfStream(receipt.stream))).toMatchObject({
      state: { status: 'FAILED', attempts: 1 },
      revision: 3,
      headId: history.at(-1)?.id,
      headHash: JSON.parse(history.at(-1)?.metadata ?? '{}').hash,
      createdAt: history[0]?.recordedAt,
    });
  });

  it('without a history was never heard of', async () => {
    expect(await load(eventAggregate, logOf([]), eventIdOfStream(receipt.stream))).toEqual(noHistory);
  });

  it('with an impossible history is not loaded', async () => {
    const history = sealedHistory([received(), succeeded()]);
    await expect(load(eventAggregate, logOf(history), eventIdOfStream(receipt.stream))).rejects.toThrow(
      IllegalTransition,
    );
  });
});
