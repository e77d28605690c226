import { describe, it } from 'vitest';
import { receiveEvent } from '../../../support/domain/commands.ts';
import { given } from '../../../support/domain/given.ts';
import { histories, type StateName } from '../../../support/domain/transitions.ts';

const known = (Object.keys(histories) as StateName[]).filter((name) => name !== 'not received');

describe('receiving an event', () => {
  it('records what the client sent', () => {
    const command = receiveEvent();
    given().when(command).leadsTo({ type: 'EventReceived', data: command.event });
  });

  it.each(known)('changes nothing for the same request again when %s', (state) => {
    given(...histories[state])
      .when(receiveEvent())
      .changesNothing();
  });

  it.each(known)('refuses another request under the same key when %s', (state) => {
    given(...histories[state])
      .when(receiveEvent({ requestFingerprint: '0'.repeat(64) }))
      .isRefused({ code: 'idempotency-key-reused' });
  });
});
