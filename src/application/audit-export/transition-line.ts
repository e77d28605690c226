import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { unseal } from '../envelope.ts';
import type { RecordedTransition } from '../ports/event-log.ts';
import type { Malformed } from '../transparency/failures.ts';
import { canonicalOfPieces, usualActor, usualHash, usualOfRequest, usualText } from '../usual-envelope.ts';

type Item = Readonly<Record<string, unknown>>;

/** What a line says of a transition, which may be anything. */
export interface TransitionLine extends Readonly<Record<'stream' | 'revision' | 'prevHash' | 'hash', unknown>> {
  readonly leaf: number | null;
  /** What the hash has to be, by the rule of docs/histories.md; `null` for what has none. */
  readonly computed: string | null;
}

/** The data is the text that was hashed; where it may not be shown, its hash is in its place. */
export function transitionLine(leaf: number | null, recorded: RecordedTransition, showsData: boolean): string {
  const { envelope, hash: stored } = unseal(recorded);
  const { data } = recorded;
  if (showsData) JSON.parse(data);
  const shown = showsData ? `"data":${data}` : `"dataSha256":"${sha256(data)}"`;
  return `${beginning(leaf, { ...envelope, hash: stored })},${shown}}}`;
}

const beginning = (leaf: number | null, item: Item) =>
  `{"leaf":${leaf},"transition":${JSON.stringify(item).slice(0, -1)}`;

const name = '"[\\w:.-]+"';
const number = '(?:0|[1-9]\\d{0,14})';
const usualLine = new RegExp(
  `^\\{"leaf":(${number}),"transition":\\{"actor":(${usualActor}),"prevHash":(${usualHash})${usualOfRequest},"stream":(${name}),"revision":(${number}),"id":(${name}),"type":(${name}),"schemaVersion":(${number}),"recordedAt":(${name}),"correlationId":(${usualText}),"causationId":(${usualText}),"hash":(${usualHash}),"data(?:":|Sha256":(${usualHash})\\}\\}$)`,
);

/**
 * A line as nearly all are, when it is as it was written: a fifth of what it costs to parse it. `null` for one that is not: what is
 * wrong with it is for {@link parseTransition} to say. The data is not parsed, because it has the hash of what was.
 */
export function usualTransition(line: string): TransitionLine | null {
  const pieces = usualLine.exec(line);
  if (pieces === null || !line.endsWith('}}')) return null;
  const [before, leaf, actor = '', prevHash = '', requestId = '', traceparent = '', stream = '', revision = ''] =
    pieces;
  const [id = '', type = '', schemaVersion = '', recordedAt = '', correlationId = ''] = pieces.slice(8);
  const [causationId = '', stated = '', dataHash] = pieces.slice(13);
  const dataSha256 = dataHash === undefined ? sha256(line.slice(before.length, -2)) : dataHash.slice(1, -1);
  const computed = sha256(
    canonicalOfPieces({
      ...{ actor, causationId, correlationId, dataSha256, id, prevHash, recordedAt },
      ...{ requestId, revision, schemaVersion, stream, traceparent, type },
    }),
  );
  if (`"${computed}"` !== stated) return null;
  return {
    leaf: Number(leaf),
    stream: stream.slice(1, -1),
    revision: Number(revision),
    prevHash: prevHash.slice(1, -1),
    hash: computed,
    computed,
  };
}

/** Any line. @param wrong makes what is thrown of one that is not as it was exported. */
export function parseTransition(
  text: string,
  leaf: number | null,
  given: Item,
  wrong: (problem: string) => Malformed,
): TransitionLine {
  const { data, dataSha256: withheld, ...item } = given;
  const before = `${beginning(leaf, item)},`;
  const { stream, revision, prevHash, hash: stated } = item as Record<string, unknown>;
  const from = (dataSha256: string) => ({
    ...{ leaf, stream, revision, prevHash, hash: stated },
    computed: hashOf(item, dataSha256),
  });
  if (data === undefined && typeof withheld === 'string' && text === `${before}"dataSha256":"${withheld}"}}`)
    return from(withheld);
  if (data === undefined || !text.startsWith(`${before}"data":`)) throw wrong('is not as it was exported');
  return from(sha256(text.slice(before.length + '"data":'.length, -2)));
}

function hashOf({ hash: _, ...item }: Item, dataSha256: string): string | null {
  const covered: Record<string, unknown> = { ...item, dataSha256 };
  const sorted = Object.fromEntries(
    Object.keys(covered)
      .sort()
      .map((each) => [each, covered[each]]),
  );
  try {
    return sha256(canonicalJson(sorted));
  } catch {
    // What is nested too deeply has no canonical form here.
    return null;
  }
}

const sha256 = (text: string) => hash('sha256', text, 'hex');
