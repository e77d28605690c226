import { z } from 'zod';
import type { Entry } from '../transparency/entries.ts';
import { Malformed } from '../transparency/failures.ts';
import { parseTransition, type TransitionLine, usualTransition } from './transition-line.ts';

export const EXPORT_FORMAT = 'eventops-export@v1';

const count = z.number().int().nonnegative();

/** The first line. What follows is under its checkpoint. */
const header = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  /** The name of the log. */
  origin: z.string(),
  /** What was asked for; what was not is left out. */
  filter: z.strictObject({
    since: z.string().optional(),
    until: z.string().optional(),
    /** Of the events; of others there are entries alone. */
    type: z.string().optional(),
    source: z.string().optional(),
    client: z.string().optional(),
    /** The rest of an export that broke off. */
    cursor: z.string().optional(),
  }),
  /** The leaves that it has, from `from` up to and without `to`, of a tree of so many. */
  from: count,
  to: count,
  treeSize: count,
  /** Whether data that clients sent is there, or its hash in its place. */
  payloads: z.boolean(),
  /** A signed note. */
  checkpoint: z.string(),
  /** That the tree begins with the first `size` leaves as they were, in standard base64. */
  consistency: z.strictObject({ size: count, proof: z.array(z.string()) }).optional(),
});
export type ExportHeader = z.output<typeof header>;

/** Before the transitions of a bundle of leaves: what the tree says of each, and that it is the tree that was signed. */
const bundle = z.strictObject({
  entries: z.array(z.strictObject({ hash: z.string(), index: z.number(), revision: z.number(), stream: z.string() })),
  proof: z.array(z.string()),
});

/** `leaf` is `null` for a transition in the log that the tree does not have. */
const transition = z.strictObject({ leaf: count.nullable(), transition: z.looseObject({}) });
/** What the log does not have any more, or not as JSON. */
const lost = z.strictObject({ leaf: count.nullable(), lost: z.enum(['missing', 'unreadable']) });
/** The last line: how many transitions came before it. */
const end = z.strictObject({ end: z.strictObject({ transitions: count }) });

export type ExportLine =
  | ({ readonly kind: 'header' } & ExportHeader)
  | { readonly kind: 'bundle'; readonly entries: readonly Entry[]; readonly proof: readonly string[] }
  | ({ readonly kind: 'transition' } & TransitionLine)
  | { readonly kind: 'lost'; readonly leaf: number | null; readonly how: 'missing' | 'unreadable' }
  | { readonly kind: 'end'; readonly transitions: number };

export const headerLine = (given: ExportHeader): string => JSON.stringify(given);

export const bundleLine = (entries: readonly string[], proof: readonly Buffer[]): string =>
  `{"entries":[${entries.join()}],"proof":${JSON.stringify(proof.map((each) => each.toString('base64')))}}`;

export const lostLine = (leaf: number | null, how: 'missing' | 'unreadable'): string =>
  JSON.stringify({ leaf, lost: how });

export const endLine = (transitions: number): string => JSON.stringify({ end: { transitions } });

/**
 * Reads a line. It has to be as it is written here, to the letter: in a text that another program reads in another way, a
 * second one could hide.
 * @throws {Malformed}
 */
export function parseExportLine(text: string, what: string): ExportLine {
  try {
    return parseLine(text, (problem) => new Malformed(what, problem));
  } catch (error) {
    // Of a text that is nested too deeply to be written again.
    throw error instanceof RangeError ? new Malformed(what, 'is nested too deeply') : error;
  }
}

function parseLine(text: string, wrong: (problem: string) => Malformed): ExportLine {
  const usual = usualTransition(text);
  if (usual !== null) return { kind: 'transition', ...usual };
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) throw wrong('is not a JSON object');
  const asWritten = <Line>(schema: z.ZodType<Line>): Line => {
    const { success, data } = schema.safeParse(value);
    if (!success || JSON.stringify(value) !== text) throw wrong('is not as it was exported');
    return data;
  };
  if ('format' in value) return { kind: 'header', ...asWritten(header) };
  if ('entries' in value) return { kind: 'bundle', ...asWritten(bundle) };
  if ('lost' in value) {
    const { leaf, lost: how } = asWritten(lost);
    return { kind: 'lost', leaf, how };
  }
  if ('end' in value) return { kind: 'end', ...asWritten(end).end };
  const { leaf, transition: item } = transition.safeParse(value).data ?? {};
  if (leaf === undefined || item === undefined) throw wrong('is none of an export');
  return { kind: 'transition', ...parseTransition(text, leaf, item, wrong) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
