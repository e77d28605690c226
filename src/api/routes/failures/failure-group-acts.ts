import { z } from 'zod';
import { splitOffIdOf } from '../../../application/failure-groups/identity.ts';
import { oneLine } from '../../intake/fields.ts';
import { defineActOnFailureGroup } from './act-on-failure-group.ts';

const reason = oneLine(500);

export const resolveFailureGroup = defineActOnFailureGroup({
  name: 'resolveFailureGroup',
  verb: 'resolve',
  summary: 'Resolve a failure group',
  description:
    'Says what was done about it. When it is seen again, it has returned; with `handlerVersion`, failures of versions that it was seen with before do not count for that.',
  body: z.strictObject({
    note: oneLine(500).describe('What was done about it, for whoever meets it next.'),
    handlerVersion: oneLine(200).optional().describe('The version of the handler that resolves it.'),
  }),
  example: { note: 'the warehouse has more connections now', handlerVersion: '2' },
  problems: ['failure-group-merged'],
  act: ({ note, handlerVersion = null }, requestedBy) => ({
    ...{ kind: 'ResolveFailureGroup', note, handlerVersion, requestedBy },
  }),
});

export const mergeFailureGroup = defineActOnFailureGroup({
  name: 'mergeFailureGroup',
  verb: 'merge',
  summary: 'Merge a failure group into another',
  description: 'Its failures, also those to come, are shown in the group `into`. Can be taken back.',
  body: z.strictObject({ into: z.guid(), reason }),
  example: { into: '7d2e0a52-3c1f-8b41-9a76-2f5f0c6b1d10', reason: 'the same cause in other words' },
  problems: ['failure-group-merged', 'merge-leads-back'],
  act: ({ into, reason: why }, requestedBy, id) => ({
    ...{ kind: 'MergeFailureGroup', id, into: into.toLowerCase(), reason: why, requestedBy },
  }),
});

export const splitFailureGroup = defineActOnFailureGroup({
  name: 'splitFailureGroup',
  verb: 'split',
  summary: 'Split a failure group',
  description:
    'From now on its failures whose message, as it was written, contains a text are a group of their own. Can be taken back.',
  body: z.strictObject({ containing: oneLine(200), reason }),
  example: { containing: 'SKU-7', reason: 'that article is gone, the others are not' },
  problems: ['failure-group-split-before'],
  act: ({ containing, reason: why }, requestedBy, id) => ({
    ...{ kind: 'SplitFailureGroup', containing, splitOff: splitOffIdOf(id, containing), reason: why, requestedBy },
  }),
});

export const undoFailureGroupAct = defineActOnFailureGroup({
  name: 'undoFailureGroupAct',
  verb: 'undo',
  summary: 'Take back what was done to a failure group',
  description: 'A resolution, a merge or a split, by its number in `acts`. Both stay in the history.',
  body: z.strictObject({ act: z.int().min(1), reason }),
  example: { act: 1, reason: 'it was another group' },
  problems: ['act-not-found'],
  act: ({ act: undone, reason: why }, requestedBy) => ({
    ...{ kind: 'UndoFailureGroupAct', undone, reason: why, requestedBy },
  }),
});
