import { jsonLimits } from '../../../src/api/intake/scan-json.ts';
import { type CorpusCase, refused, taken } from './cases.ts';

/** The event around a payload is one level itself. */
const DEPTH = jsonLimits.depth - 1;
const nested = (depth: number, open: string, inner: string, close: string) =>
  open.repeat(depth) + inner + close.repeat(depth);
const members = (count: number, name: (index: number) => string) =>
  `{${Array.from({ length: count }, (_, index) => `"${name(index)}":${index}`).join()}}`;

export const shapeCases: readonly CorpusCase[] = [
  ...[DEPTH - 1, DEPTH].flatMap((depth) => [
    taken(`arrays ${depth} deep`, nested(depth, '[', '', ']')),
    taken(`objects ${depth} deep`, nested(depth, '{"a":', '1', '}')),
    taken(`both by turns, ${depth} deep`, nested(Math.floor(depth / 2), '[{"a":', 'null', '}]')),
  ]),
  ...[DEPTH + 1, 1_000, 50_000].flatMap((depth) => [
    refused(`arrays ${depth} deep`, nested(depth, '[', '', ']')),
    refused(`arrays ${depth} deep that never end`, '['.repeat(depth)),
    refused(`objects ${depth} deep`, nested(Math.min(depth, 30_000), '{"a":', '1', '}')),
  ]),
  taken(
    'many members',
    members(jsonLimits.members / 2, (index) => `m${index}`),
  ),
  refused(
    'more members than may be',
    members(jsonLimits.members + 1, (index) => `m${index}`),
  ),
  taken(
    'one name a thousand times',
    members(1_000, () => 'a'),
  ),
  taken('a name of 100,000 characters', `{"${'n'.repeat(100_000)}":1}`),
  taken('names that differ in nothing that is seen', '{"\\u0061":1,"a":2,"а":3,"a\u200b":4}'),
  taken('names that are numbers', '{"1":1,"01":2,"1.0":3,"-1":4,"10":5,"9":6}'),
  taken('names that programs have', '{"length":1,"__defineGetter__":2,"__proto":3,"proto__":4,"":5," ":6,"$":7,".":8}'),
  taken('a text of 200,000 characters', JSON.stringify('x'.repeat(200_000))),
  taken('a text that is all escapes', `"${'\\u0001'.repeat(40_000)}"`),
  taken('an array of 5,000 nothings', `[${Array.from({ length: 5_000 }, () => 'null').join()}]`),
  refused('more than may be sent at once', JSON.stringify('x'.repeat(256 * 1024))),
];
