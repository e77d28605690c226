/** What a stream's metadata says about which of its events can be read. */
export interface StreamMetadata {
  readonly maxCount?: number;
  readonly maxAgeMs?: number;
  /** Events before this revision cannot be read; {@link SOFT_DELETED}: none can, and the stream counts as missing. */
  readonly truncateBefore?: number | typeof SOFT_DELETED;
}

export const SOFT_DELETED = 'soft-deleted';
const SOFT_DELETED_REVISION = '9223372036854775807';

export const NO_METADATA: StreamMetadata = {};
/** Of a metadata stream only the last event counts. */
export const METASTREAM_METADATA: StreamMetadata = { maxCount: 1 };
/** What a delete writes. */
export const SOFT_DELETE_JSON = `{"$tb":${SOFT_DELETED_REVISION}}`;

type Json = Record<string, unknown>;
// Numbers keep the text they were written in, since large integers do not survive as numbers. Not in the typings yet.
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };
const parse = (json: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(json, (_key, field, context?: { source?: string }) =>
      typeof field === 'number' ? rawJSON(context?.source ?? String(field)) : field,
    );
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
};

const KNOWN_INTEGERS = ['$maxCount', '$maxAge', '$tb', '$cacheControl'] as const;

/** Metadata that does not parse, or has anything but an integer where one belongs, counts as none at all. */
export function readMetadata(json: string): StreamMetadata {
  const parsed = parse(json);
  if (parsed === undefined) return NO_METADATA;
  const integers: Partial<Record<(typeof KNOWN_INTEGERS)[number], bigint>> = {};
  for (const name of KNOWN_INTEGERS) {
    if (!(name in parsed)) continue;
    const digits = JSON.stringify(parsed[name]);
    if (!/^-?\d+$/.test(digits) || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) return NO_METADATA;
    integers[name] = BigInt(digits);
  }
  const { $maxCount = 0n, $maxAge = 0n, $tb = -1n } = integers;
  return {
    ...($maxCount > 0n ? { maxCount: Number($maxCount) } : {}),
    ...($maxAge > 0n ? { maxAgeMs: Number($maxAge) * 1_000 } : {}),
    ...($tb >= 0n ? { truncateBefore: String($tb) === SOFT_DELETED_REVISION ? SOFT_DELETED : Number($tb) } : {}),
  };
}

/** The same metadata with another lower bound, and the rest as it was; nothing where it is no JSON object. */
export function withTruncateBefore(json: string, revision: number): string | undefined {
  const parsed = parse(json);
  return parsed === undefined ? undefined : JSON.stringify({ ...parsed, $tb: revision });
}
