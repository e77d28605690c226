import {
  type Anchor,
  type AnchorOptions,
  anchoredPrefixes,
  createAnchor,
} from '../../../src/application/anchoring/anchor.ts';
import { hashOf } from '../../../src/application/envelope.ts';
import { deriveUuid, streamOf } from '../../../src/application/event-identity.ts';
import type { EventLog, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { TreeStore } from '../../../src/application/ports/tree-store.ts';
import { formatEntry } from '../../../src/application/transparency/entries.ts';
import type { AuditTreeState } from '../../../src/domain/audit-tree/state.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { manualClock } from '../api/manual-clock.ts';
import { moment, received, started } from '../domain/transitions.ts';
import { sealedHistory } from '../sealed-history.ts';
import { createRecordingLogger } from '../worker/recording-logger.ts';
import { logKey } from './test-keys.ts';

export function receivedFrom(source: string): Transition {
  const transition = received();
  return transition.type === 'EventReceived' ? { ...transition, data: { ...transition.data, source } } : transition;
}

/** With its names in order, as EventOps writes them; histories in which they are not are read in another way. */
const asWritten = { clientId: 'shop', kind: 'principal', roles: ['operator'], subject: 'ada', tokenId: null } as const;

/**
 * Histories of one and of two transitions, one after the other, a second apart; the clock of each seventh is 40 seconds
 * behind. Each fifth comes from a bank. Half of them are as EventOps writes them.
 */
export async function appendHistories(log: EventLog, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) {
    const id = deriveUuid('anchored', String(number));
    const receipt = receivedFrom(number % 5 === 0 ? 'bank' : 'shop');
    const history = number % 3 === 0 ? [receipt, started()] : [receipt];
    const outcome = await log.append({
      stream: streamOf(id),
      expectedRevision: 'no-stream',
      transitions: sealedHistory(history, id, (at) => ({
        recordedAt: moment(Math.max(0, number - (number % 7 === 0 ? 40 : 0)) + at),
        ...(number % 4 < 2 ? { actor: asWritten } : {}),
      })),
    });
    if (outcome.kind !== 'appended') throw new Error(`It was not appended: ${outcome.kind}`);
  }
}

/** The entries that an auditor would expect, from the log alone. */
export const entriesOf = (all: readonly RecordedTransition[]): readonly Buffer[] =>
  all
    .filter(({ stream }) => anchoredPrefixes.some((prefix) => stream.startsWith(prefix)))
    .map((recorded, index) => {
      const { stream, revision } = recorded;
      return Buffer.from(formatEntry({ index, stream, revision: Number(revision), hash: hashOf(recorded) }));
    });

export const checkpointsIn = (all: readonly RecordedTransition[]): readonly AuditTreeState[] =>
  all.filter(({ type }) => type === 'AuditCheckpointSigned').map(({ data }) => JSON.parse(data));

export const anchorOf = (log: EventLog, store: TreeStore, options: Partial<AnchorOptions> = {}): Anchor =>
  createAnchor({
    ...{ log, store, key: logKey, clock: manualClock(), logger: createRecordingLogger() },
    ...{ random: { uuid: uuids(), fraction: () => 0.5 }, ...options },
  });

function uuids(): () => string {
  let made = 0;
  const of = deriveUuid(`anchor ${seeds++}`);
  return () => deriveUuid(of, String(made++));
}
let seeds = 0;

/** Follows the log to its end, as a service would, and signs what is new. */
export async function followAndSign(anchor: Anchor, log: EventLog, maxBatch = 1_000): Promise<void> {
  const from = await anchor.load();
  const options = { streamPrefixes: anchoredPrefixes, maxBatch };
  for await (const message of log.subscribeAll(from, options)) {
    if (message.kind === 'caught-up') {
      await anchor.caughtUp?.();
      break;
    }
    await anchor.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
  }
  await anchor.sign();
}
