import {
  type AppendRefusal,
  type AppendRequest,
  MAX_APPEND_BYTES,
  MAX_TRANSITION_BYTES,
  type ProposedTransition,
} from './ports/event-log.ts';

/** Lower case, as RFC 9562 writes them: a log that keeps ids as 16 bytes would give another spelling back. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
/** Streams and types that begin with `$` are EventStoreDB's own; control characters end a name early in some tools. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NAME = /^[^$\p{Cc}][^\p{Cc}]*$/u;

/** @returns what the request weighs, in bytes of UTF-8, or why no log may be asked to take it. Never throws. */
export function checkAppend(request: AppendRequest): { readonly bytes: number } | { readonly refusal: AppendRefusal } {
  try {
    return weigh(request);
  } catch (error) {
    if (error instanceof Unfit) return { refusal: { code: error.code, message: error.message } };
    // A value that only pretends to be a request: `null`, a getter that throws, a revoked proxy.
    return { refusal: { code: 'invalid', message: 'The request is not one that can be read' } };
  }
}

class Unfit extends Error {
  readonly code: 'invalid' | 'too-large';
  constructor(code: 'invalid' | 'too-large', message: string) {
    super(message);
    this.code = code;
  }
}

function weigh({ stream, expectedRevision, transitions }: AppendRequest): { readonly bytes: number } {
  must(isName(stream), 'The stream', 'needs a name without control characters that does not begin with $');
  must(
    expectedRevision === 'no-stream' || (typeof expectedRevision === 'bigint' && expectedRevision >= 0n),
    stream,
    'the expected revision is neither a revision nor no-stream',
  );
  must(Array.isArray(transitions) && transitions.length > 0, stream, 'there are no transitions to append');
  let bytes = Buffer.byteLength(stream);
  for (const [index, transition] of transitions.entries()) {
    const where = `${stream}, transition ${index + 1} of ${transitions.length}`;
    const size = weighTransition(transition, where);
    if (size > MAX_TRANSITION_BYTES)
      throw new Unfit('too-large', `${where}: ${size} bytes; at most ${MAX_TRANSITION_BYTES} are taken`);
    bytes += size;
  }
  if (bytes > MAX_APPEND_BYTES)
    throw new Unfit('too-large', `${stream}: ${bytes} bytes in one append; at most ${MAX_APPEND_BYTES} are taken`);
  return { bytes };
}

function weighTransition(transition: ProposedTransition, where: string): number {
  const { id, type, schemaVersion, recordedAt, data, metadata } = transition;
  must(typeof id === 'string' && UUID.test(id), where, 'its id is not a UUID in lower case');
  must(isName(type), where, 'its type needs a name without control characters that does not begin with $');
  must(Number.isSafeInteger(schemaVersion) && schemaVersion > 0, where, 'its schema version is not 1 or more');
  must(
    typeof recordedAt === 'string' && TIMESTAMP.test(recordedAt),
    where,
    'recordedAt is not RFC 3339 with ms in UTC',
  );
  must(isText(data), where, 'its data is not well-formed text');
  must(isText(metadata), where, 'its metadata is not well-formed text');
  return id.length + Buffer.byteLength(type) + Buffer.byteLength(data) + Buffer.byteLength(metadata);
}

const isText = (value: unknown) => typeof value === 'string' && value.isWellFormed();
const isName = (value: unknown) => typeof value === 'string' && value.isWellFormed() && NAME.test(value);

function must(holds: boolean, where: string, problem: string): void {
  if (!holds) throw new Unfit('invalid', `${where}: ${problem}`);
}
