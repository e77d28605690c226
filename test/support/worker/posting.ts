import type { CommandContext } from '../../../src/application/command-context.ts';
import type { ReceiveEvent } from '../../../src/domain/event/commands.ts';

export interface Posted {
  readonly type?: string;
  readonly payload?: string;
}

/** What ingest hands on when a client posts under `key`. */
export const posted = (
  key: string,
  { type = 'order.placed', payload = '{"orderId":"o-1"}' }: Posted = {},
): ReceiveEvent['event'] => ({
  type,
  source: 'shop',
  payload,
  contentType: 'application/json',
  idempotencyKey: key,
  requestFingerprint: key,
  clientId: 'client',
  orderingKey: null,
  cloudEvent: null,
});

export const byClient: CommandContext = { actor: { kind: 'process', process: 'test' } };
