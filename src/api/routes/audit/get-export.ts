import { z } from 'zod';
import { signedNote } from '../../../application/anchoring/signed-tree.ts';
import { csvLines } from '../../../application/audit-export/csv-lines.ts';
import { exportLines } from '../../../application/audit-export/export-lines.ts';
import { type Export, type ExportSources, makeExport } from '../../../application/audit-export/make-export.ts';
import { CheckpointRefused } from '../../../application/failures.ts';
import type { RecordedTransition } from '../../../application/ports/event-log.ts';
import { moment, wholeNumber } from '../../intake/query.ts';
import { memoryOfPage } from '../../limits.ts';
import { countExported, countPayloadsRead } from '../../plugins/access-counts.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { sendPieces } from '../../send-json.ts';
import { hasPayload } from '../../transition-json.ts';

const contentTypes = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const;
const CURSOR = /^(\d{1,15})-(\d{1,15})-(\d{1,15})$/;
const name = z.string().min(1).max(1_000).optional();

const query = z.strictObject({
  since: moment.optional().describe('Begins with the first transition that was recorded at this time or later.'),
  until: moment.optional().describe('Ends with the last transition that was recorded before this time.'),
  type: name.describe('Of the event, exactly: of others there are hashes alone.'),
  source: name.describe('Of the event, exactly.'),
  client: name.describe('Whose the event is: the id of a client, exactly.'),
  format: z
    .enum(['ndjson', 'csv'])
    .optional()
    .describe('`ndjson` unless given; `csv` is for people, and proves nothing.'),
  consistentWith: wholeNumber(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('The size in a checkpoint that you kept: adds the proof that its tree is the beginning of this one.'),
  cursor: z
    .string()
    .regex(CURSOR, { error: 'must be three numbers with dashes between' })
    .optional()
    .describe(
      'For the rest of an export that broke off: the leaf after the last one that came, `to` and `treeSize` of its first line, with dashes between. The rest is proved under the checkpoint of that line: without its own first line, it goes behind what came. Goes with the same filters; `since` and `until` are not looked at again.',
    ),
});

/**
 * Read from the log as it is sent. A log or a tree that is lost meanwhile ends the connection, because the status has been sent;
 * an NDJSON export without its last line is not whole.
 */
export const getAuditExport = defineRoute({
  name: 'getAuditExport',
  method: 'GET',
  path: '/v1/audit/export',
  summary: 'Export the log',
  description:
    'The transitions of all histories in the order of the log, as far as a checkpoint was signed over them, with what the audit tree says of each: a file that an auditor verifies without this system, by `bin/eventops audit verify`. docs/audit.md has its format. Without the permission `payloads:read`, what clients sent is left out, and its hash is in its place. Each export is an access record.',
  access: { permission: 'audit:read' },
  countsAs: 'act',
  query,
  answers: { 200: { description: 'The export.', text: ['application/x-ndjson', 'text/csv'] } },
  problems: ['audit-tree-unavailable', 'checkpoint-not-signed', 'log-damaged', 'log-unavailable'],
  handler:
    ({ log, auditTree: tree, logSegments: segments, clock, limits }) =>
    async (request, reply, { format = 'ndjson', cursor, ...asked }) => {
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const note = await signedNote(tree);
      if (note === null)
        return sendProblem(reply, {
          code: 'checkpoint-not-signed',
          detail: 'An export has what was signed, and nothing was yet. Ask again in some seconds.',
        });
      const made = await begun({ log, tree, segments, clock }, { ...asked, left: leavesIn(cursor) }, note);
      countExported(request);
      let payloads = 0;
      const showsData = (recorded: RecordedTransition) => {
        if (hasPayload(recorded) && request.seesPayloads) payloads += 1;
        return request.seesPayloads || !hasPayload(recorded);
      };
      const lines =
        format === 'csv'
          ? csvLines(made.content, showsData)
          : exportLines(made, { payloads: request.seesPayloads, showsData });
      const counted = finallyDo(lines, () => countPayloadsRead(request, payloads));
      return sendPieces(reply, counted, limits.answerPieceBytes, contentTypes[format]);
    },
});

/** Segments that are of another log are no reason to fail: without them the log is read from its beginning. */
async function begun(sources: ExportSources, ...asked: [Parameters<typeof makeExport>[1], string]): Promise<Export> {
  try {
    return await makeExport(sources, ...asked);
  } catch (error) {
    if (!(error instanceof CheckpointRefused)) throw error;
    return makeExport({ ...sources, segments: noSegments }, ...asked);
  }
}

const none = async () => null;
const noSegments = { firstOverlapping: none, firstWithout: none, lastOverlapping: none, withLeaf: none, last: none };

function leavesIn(cursor: string | undefined) {
  const [, from, to, treeSize] = CURSOR.exec(cursor ?? '') ?? [];
  return from === undefined ? undefined : { from: Number(from), to: Number(to), treeSize: Number(treeSize) };
}

async function* finallyDo<Item>(items: AsyncIterable<Item>, last: () => void): AsyncGenerator<Item> {
  try {
    yield* items;
  } finally {
    last();
  }
}
