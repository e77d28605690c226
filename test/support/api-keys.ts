import { deriveUuid } from '../../src/application/event-identity.ts';
import { handleCommand } from '../../src/application/handle-command.ts';
import { type Clock, timestamp } from '../../src/application/ports/clock.ts';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import { apiKeyAggregate } from '../../src/domain/api-key/aggregate.ts';
import { createSeededRandom } from './worker/seeded-random.ts';

export const idOfKey = (name: string) => deriveUuid('key', name);
/** Of the key of that name. */
export const digestOfKey = (name: string) => Buffer.from(name).toString('hex').padStart(64, '0');

/** Keys by their names, in a log. */
export function keysIn(log: EventLog, clock: Clock) {
  const random = createSeededRandom(1);
  const context = { actor: { kind: 'process', process: 'test' } } as const;
  const to = (name: string) => idOfKey(name);
  return {
    create: (name: string, expiresAt: string | null = null) =>
      handleCommand(
        apiKeyAggregate,
        { log, clock, random },
        {
          id: to(name),
          command: {
            kind: 'CreateApiKey',
            key: {
              ...{ expiresAt, keySha256: digestOfKey(name), name, permissions: ['events:write'] },
              ...{ prefix: 'eo_abcdefgh', requestedBy: 'alice', sources: null },
            },
            grantable: ['events:write'],
            isFull: false,
            now: timestamp(clock.now()),
          },
          context,
        },
      ),
    revoke: (name: string) =>
      handleCommand(
        apiKeyAggregate,
        { log, clock, random },
        {
          id: to(name),
          command: { kind: 'RevokeApiKey', reason: 'leaked', requestedBy: 'alice', now: timestamp(clock.now()) },
          context,
        },
      ),
  };
}
