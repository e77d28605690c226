import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamOf } from '../../../src/application/event-identity.ts';
import { type LogPosition, revision } from '../../../src/application/ports/event-log.ts';
import { fold } from '../../../src/domain/event/state.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { foldByEvent, isWholeRow } from '../../../src/projections/events/project.ts';
import { carryOut, orders } from '../../support/domain/arbitrary.ts';
import {
  deadLettered,
  discarded,
  failed,
  failure,
  histories,
  moment,
  received,
  replayRequested,
  request,
  retryScheduled,
  started,
  succeeded,
} from '../../support/domain/transitions.ts';

const id = '6ba7b810-9dad-81d1-80b4-00c04fd430c8';

/** The history as the log gives it back, a second between two transitions. */
const recorded = (history: readonly Transition[], from = 0, metadata = '{}') =>
  history.map((transition, index) => ({
    transition,
    recorded: {
      id,
      type: transition.type,
      schemaVersion: 1,
      recordedAt: moment(from + index),
      data: '{}',
      metadata,
      stream: streamOf(id),
      revision: revision(from + index),
      position: BigInt(from + index) as LogPosition,
    },
  }));

const rowOf = (...history: readonly Transition[]) => foldByEvent(recorded(history))[0];
const errorReason = `${failure.class}: ${failure.message}`;

describe('the row of an event', () => {
  it('begins with all that the client sent', () => {
    expect(rowOf(received())).toEqual({
      id,
      idempotency_key: request.idempotencyKey,
      client_id: request.clientId,
      source: request.source,
      type: request.type,
      payload_text: request.payload,
      ordering_key: null,
      trace_id: null,
      status: 'RECEIVED',
      generation: 0,
      attempts: 0,
      created_at: moment(0),
      updated_at: moment(0),
      processed_at: null,
      error_reason: null,
      failure_fingerprint: null,
      next_attempt_at: null,
      revision: '0',
    });
  });

  it.each<readonly [after: string, history: readonly Transition[], columns: object]>([
    ['its start', histories.processing, { status: 'PROCESSING', attempts: 1 }],
    ['its success', histories.processed, { status: 'PROCESSED', processed_at: moment(2) }],
    [
      'a failure with a retry',
      histories['waiting for a retry'],
      {
        status: 'FAILED',
        error_reason: errorReason,
        failure_fingerprint: failure.fingerprint,
        next_attempt_at: moment(60),
      },
    ],
    [
      'the start of its second attempt, with the last error still told',
      [...histories['waiting for a retry'], started({ attempt: 2 })],
      { status: 'PROCESSING', attempts: 2, next_attempt_at: null, error_reason: errorReason },
    ],
    [
      'the success of its second attempt, with no error left',
      [...histories['waiting for a retry'], started({ attempt: 2 }), succeeded({ attempt: 2 })],
      { status: 'PROCESSED', attempts: 2, error_reason: null, failure_fingerprint: null, processed_at: moment(5) },
    ],
    ['its end as a dead letter', histories.dead, { status: 'DEAD', error_reason: errorReason }],
    [
      'its replay',
      [...histories.dead, replayRequested()],
      { status: 'RECEIVED', generation: 1, attempts: 0, error_reason: null },
    ],
    ['the replay of a success', histories.replayed, { status: 'RECEIVED', processed_at: null }],
    ['its discarding', histories.discarded, { status: 'DISCARDED', error_reason: errorReason }],
  ])('tells of %s', (_, history, columns) => {
    const last = { updated_at: moment(history.length - 1), revision: String(history.length - 1) };
    expect(rowOf(...history)).toMatchObject({ ...columns, ...last });
  });

  it('agrees with the state of the domain after any history', () => {
    fc.assert(
      fc.property(orders, (series) => {
        const { history } = carryOut(series);
        const state = fold(history);
        expect(rowOf(...history)).toMatchObject({
          status: state?.status,
          generation: state?.generation,
          attempts: state?.attempts,
          next_attempt_at: state?.nextAttemptAt,
          failure_fingerprint: state?.failure?.fingerprint ?? null,
        });
      }),
    );
  });

  it('shows a character that PostgreSQL cannot keep as the replacement character', () => {
    const row = rowOf(received(), started(), failed({}, { ...failure, class: 'Error', message: 'a\0b' }));
    expect(row).toMatchObject({ error_reason: 'Error: a\uFFFDb' });
  });

  it('knows the trace that brought the event', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const [row] = foldByEvent(recorded([received()], 0, JSON.stringify({ traceparent, hash: '' })));
    expect(row).toMatchObject({ trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' });
  });
});

describe('the changes of a row', () => {
  it('are no row when the receipt came earlier', () => {
    const changes = foldByEvent(recorded([started(), succeeded()], 1));
    expect(changes.map(isWholeRow)).toEqual([false]);
  });

  it('leave out what their transitions do not tell', () => {
    const [changes] = foldByEvent(recorded([deadLettered()], 3));
    expect(Object.keys(changes ?? {}).sort()).toEqual(
      ['id', 'next_attempt_at', 'processed_at', 'revision', 'status', 'updated_at'].sort(),
    );
  });

  it('count a transition once that is handed over twice', () => {
    const history = [received(), started(), failed(), retryScheduled()];
    const twice = recorded(history);
    expect(foldByEvent([...twice, ...twice])).toEqual(foldByEvent(twice));
  });

  it('are kept apart by event', () => {
    const [other] = recorded([received(), discarded()]);
    const others = other === undefined ? [] : [{ ...other, recorded: { ...other.recorded, stream: streamOf('b') } }];
    expect(foldByEvent([...recorded([received()]), ...others]).map((row) => row.id)).toEqual([id, 'b']);
  });
});
