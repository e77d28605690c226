import { describe, expect, it } from 'vitest';
import { aggregates } from '../../../src/application/aggregates.ts';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import { UndecodableTransition } from '../../../src/application/failures.ts';
import { accessRecordOf } from '../../../src/projections/access-records/project.ts';
import { accessRecords } from '../../../src/projections/access-records/read-model.ts';
import { histories } from '../../support/domain/transitions.ts';
import { sealedHistory } from '../../support/sealed-history.ts';

const admin = { clientId: 'console', kind: 'principal', roles: ['admin'], subject: 'ada', tokenId: null } as const;
const asked = { actor: admin, address: '2001:db8::17', requestId: 'request-1' } as const;
const recordsOf = (history: ReturnType<typeof sealedHistory>) => history.flatMap((each) => accessRecordOf(each) ?? []);

describe('an access record', () => {
  it('is made of each act, and says who did what to what, when, why, from where and by which request', () => {
    const eventId = deriveUuid('an event');
    const history = sealedHistory(histories.discarded, eventId, asked);
    const discarded = history.at(-1);
    expect(recordsOf(history).at(-1)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: discarded?.recordedAt,
      act: 'EventDiscarded',
      principal: 'ada',
      client_id: 'console',
      address: '2001:db8::17',
      request_id: 'request-1',
      stream: `event-${eventId}`,
      revision: String(discarded?.revision),
      transition_id: discarded?.id,
      reason: expect.any(String),
    });
  });

  it('is made of nothing that clients and workers do', () => {
    for (const history of Object.values(histories)) {
      const acts = history.filter(({ type }) => type === 'ReplayRequested' || type === 'EventDiscarded');
      expect(recordsOf(sealedHistory(history)).map(({ act }) => act)).toEqual(acts.map(({ type }) => type));
    }
  });

  it('has an id of its own for each act, and the same whenever it is made', () => {
    const one = recordsOf(sealedHistory(histories.discarded, deriveUuid('one')));
    const other = recordsOf(sealedHistory(histories.discarded, deriveUuid('other')));
    const ids = [...one, ...other].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(recordsOf(sealedHistory(histories.discarded, deriveUuid('one')))).toEqual(one);
  });

  it('of an act of before addresses were recorded has none, and of a process has its name', () => {
    const [record] = recordsOf(
      sealedHistory(histories.discarded, undefined, { actor: { kind: 'process', process: 'cli' } }),
    );
    expect(record).toMatchObject({ principal: 'cli', client_id: null, address: null, request_id: null });
  });

  it('keeps what PostgreSQL takes of texts that others wrote', () => {
    const actor = { ...admin, subject: 'a\0d\ud800a' };
    const [record] = recordsOf(
      sealedHistory(histories.discarded, undefined, { actor: { ...actor, subject: 'a\0da' } }),
    );
    expect(record?.principal).toBe('a\uFFFDda');
  });

  it('is not made of an act that does not say who acted', () => {
    const history = sealedHistory(histories.discarded, undefined, { actor: { kind: 'ghost' } as never });
    const [act] = history.slice(-1);
    expect(() => act && accessRecordOf(act)).toThrow(UndecodableTransition);
  });
});

describe('the read model of access records', () => {
  it('follows every aggregate, and reads its acts alone', () => {
    expect(accessRecords.streamPrefixes).toEqual(aggregates.map(({ streamPrefix }) => streamPrefix));
    expect(accessRecords.types).toEqual(aggregates.flatMap(({ acts }) => acts));
    expect(accessRecords.types).toContain('ReplayRequested');
  });
});
