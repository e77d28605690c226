import { Malformed } from './failures.ts';
import { COSIGNATURE, NOTE_SIGNATURE, parseVerifierKey, type VerifierKey } from './keys.ts';
import { requireType } from './signatures.ts';

/** C2SP tlog-policy: whose signatures make a checkpoint that may be believed. */
export interface Policy {
  readonly logs: readonly { readonly key: VerifierKey; readonly url: string | null }[];
  readonly witnesses: readonly { readonly name: string; readonly key: VerifierKey; readonly url: string | null }[];
  readonly quorum: Quorum;
}

export type Quorum =
  | { readonly kind: 'none' }
  | { readonly kind: 'witness'; readonly name: string; readonly key: VerifierKey }
  | { readonly kind: 'group'; readonly name: string; readonly atLeast: number; readonly members: readonly Quorum[] };

/** One key of a log, and no witness: what `--key` stands for. @throws {Malformed} */
export const policyOfKey = (key: VerifierKey): Policy => ({
  logs: [{ key: requireType(key, NOTE_SIGNATURE), url: null }],
  witnesses: [],
  quorum: { kind: 'none' },
});

/** @throws {Malformed} with the number of the line that is wrong. */
export function parsePolicy(text: string): Policy {
  const draft: Draft = { logs: [], witnesses: [], named: new Map(), members: new Set(), quorum: null };
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(text)) throw new Malformed('The policy', 'has control characters in it');
  for (const [index, line] of text.split('\n').entries()) {
    const [keyword = '', ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (keyword === '' || keyword.startsWith('#')) continue;
    try {
      (readers.get(keyword) ?? unknown)(draft, items);
    } catch (error) {
      throw new Malformed(`Line ${index + 1} of the policy`, (error as Error).message);
    }
  }
  const { logs, witnesses, quorum } = draft;
  if (quorum === null)
    throw new Malformed('The policy', 'has no line with the quorum; `quorum none` asks for no witness');
  return { logs, witnesses, quorum };
}

interface Draft {
  readonly logs: { key: VerifierKey; url: string | null }[];
  readonly witnesses: { name: string; key: VerifierKey; url: string | null }[];
  readonly named: Map<string, Quorum>;
  /** What is a member of a group already: each counts in one way only. */
  readonly members: Set<string>;
  quorum: Quorum | null;
}

type ReadLine = (draft: Draft, items: readonly string[]) => void;

const unknown: ReadLine = () => {
  throw new Error('begins with none of log, witness, group and quorum');
};

const lines: Readonly<Record<'log' | 'witness' | 'group' | 'quorum', ReadLine>> = {
  log({ logs }, [vkey, url = null, ...more]) {
    if (vkey === undefined || more.length > 0) throw new Error('is not: log <vkey> [<url>]');
    logs.push({ key: newKey(logs, vkey, NOTE_SIGNATURE), url });
  },
  witness({ witnesses, named }, [name, vkey, url = null, ...more]) {
    if (name === undefined || vkey === undefined || more.length > 0)
      throw new Error('is not: witness <name> <vkey> [<url>]');
    const key = newKey(witnesses, vkey, COSIGNATURE);
    define(named, name, { kind: 'witness', name, key });
    witnesses.push({ name, key, url });
  },
  group({ named, members: taken }, [name, threshold, ...names]) {
    if (name === undefined || threshold === undefined || names.length === 0)
      throw new Error('is not: group <name> all|any|<number> <name>…');
    const atLeast = { any: 1, all: names.length }[threshold] ?? Number(/^[1-9]\d*$/.exec(threshold)?.[0]);
    if (!(atLeast >= 1 && atLeast <= names.length))
      throw new Error(`has ${threshold} of ${names.length} as its threshold`);
    const members = names.map((member) => {
      if (taken.has(member)) throw new Error(`has ${member}, which is a member already`);
      taken.add(member);
      return defined(named, member);
    });
    define(named, name, { kind: 'group', name, atLeast, members });
  },
  quorum(draft, [name, ...more]) {
    if (name === undefined || more.length > 0) throw new Error('is not: quorum <name>');
    if (draft.quorum !== null) throw new Error('is a second line with a quorum');
    draft.quorum = name === 'none' ? { kind: 'none' } : defined(draft.named, name);
  },
};
const readers: ReadonlyMap<string, ReadLine> = new Map(Object.entries(lines));

function newKey(
  known: readonly { readonly key: VerifierKey }[],
  vkey: string,
  type: typeof NOTE_SIGNATURE | typeof COSIGNATURE,
): VerifierKey {
  const key = requireType(parseVerifierKey(vkey), type);
  if (known.some((each) => each.key.publicKey.equals(key.publicKey)))
    throw new Error('repeats the key of another line');
  return key;
}

function define(named: Map<string, Quorum>, name: string, quorum: Quorum): void {
  if (name === 'none' || named.has(name)) throw new Error(`defines ${name}, which is defined already`);
  named.set(name, quorum);
}

function defined(named: ReadonlyMap<string, Quorum>, name: string): Quorum {
  const quorum = named.get(name);
  if (quorum === undefined) throw new Error(`names ${name}, which no line before defines`);
  return quorum;
}
