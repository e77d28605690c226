const most = { depth: 6, keys: 60, items: 3, keyLength: 60 } as const;

/** The keys of a JSON text and the types of its values, and nothing that a client wrote as a value. */
export function shapeOf(json: string): string {
  try {
    return JSON.stringify(shape(JSON.parse(json), 0));
  } catch {
    return '"not JSON"';
  }
}

function shape(value: unknown, depth: number): unknown {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (depth >= most.depth) return Array.isArray(value) ? 'array' : 'object';
  if (Array.isArray(value))
    return [...new Map(value.slice(0, most.items).map((item) => keyed(shape(item, depth + 1)))).values()];
  const entries = Object.entries(value).map(([key, item]) => [keyShown(key), shape(item, depth + 1)] as const);
  // Keys that are no names are data, too: an object by id, or by address of mail.
  return Object.fromEntries(entries.slice(0, most.keys));
}

const keyed = (shown: unknown) => [JSON.stringify(shown), shown] as const;
const keyShown = (key: string) =>
  /^[A-Za-z_$][A-Za-z_$.-]*\d{0,2}$/.test(key) && key.length <= most.keyLength ? key : '<key>';
