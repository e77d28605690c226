import { sql } from 'kysely';
import { decodeEventTransition } from '../../application/event-history.ts';
import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import { groupOf } from '../../application/failure-groups/identity.ts';
import { textIdOf } from '../../application/similar/failure-text.ts';
import type { ReadModel } from '../read-model.ts';
import { storable } from '../storable.ts';
import { createFailureTextsIndexes, createFailureTextsTables } from './create-tables.ts';
import type { FailureTextsTable } from './table.ts';

/** What failures say, for whoever looks for similar ones. Most failures repeat an earlier one, and come to no row. */
export const failureTexts: ReadModel<FailureTextsTable | null> = {
  name: 'failure-texts',
  version: 1,
  streamPrefixes: [EVENT_STREAM_PREFIX],
  types: ['ProcessingFailed'],
  tables: ['failure_texts'],
  createTables: createFailureTextsTables,
  createIndexes: createFailureTextsIndexes,
  batching: { fullBatch: 5_000, intervalMs: 500 },
  decode(recorded) {
    const transition = decodeEventTransition(recorded);
    if (transition.type !== 'ProcessingFailed') return null;
    const { id, of } = groupOf(transition.data.handler, transition.data.failure);
    const text = { class: storable(of.class), message: storable(of.message) };
    return { group_id: id, text_id: textIdOf(text), ...text, position: recorded.position.toString() };
  },
  async write({ transaction, named }, decoded) {
    const rows = new Map<string, FailureTextsTable>();
    for (const { transition } of decoded)
      if (transition !== null && !rows.has(transition.group_id)) rows.set(transition.group_id, transition);
    if (rows.size > 0)
      await sql`
        insert into ${named('failure_texts')} (group_id, text_id, class, message, position)
        select group_id, text_id, class, message, position
        from json_to_recordset(${JSON.stringify([...rows.values()])}::json) as given (
          group_id uuid, text_id uuid, class text, message text, position bigint
        )
        on conflict (group_id) do nothing`.execute(transaction);
    return [];
  },
};
