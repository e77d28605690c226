import { canonicalJson } from '../canonical-json.ts';
import { Malformed } from './failures.ts';

/** What a leaf says of one transition: that it is there, and nothing of what it holds. */
export interface Entry {
  /** Of the leaf, dense from 0 in the log's order. */
  readonly index: number;
  readonly stream: string;
  readonly revision: number;
  /** Of the transition, as docs/histories.md says: SHA-256 in hex. */
  readonly hash: string;
}

/** Streams are named by us: letters, digits and dashes. */
const PLAIN = /^[\w:.-]+$/;
const HASH = /^[0-9a-f]{64}$/;

/** RFC 8785, as the hashes of transitions are made. */
export const formatEntry = ({ index, stream, revision, hash }: Entry): string =>
  PLAIN.test(stream)
    ? `{"hash":"${hash}","index":${index},"revision":${revision},"stream":"${stream}"}`
    : canonicalJson({ hash, index, revision, stream });

/** @throws {Malformed} for everything that {@link formatEntry} does not write. */
export function parseEntry(text: string): Entry {
  const { index, stream, revision, hash } = parsed(text);
  const entry = { index, stream, revision, hash };
  const isEntry =
    Number.isSafeInteger(index) && Number.isSafeInteger(revision) && HASH.test(hash) && typeof stream === 'string';
  if (!isEntry || formatEntry(entry) !== text) throw new Malformed('An entry', `is not one of a transition: ${text}`);
  return entry;
}

function parsed(text: string): Entry {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {} as Entry;
  }
}
