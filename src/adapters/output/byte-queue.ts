/** Bytes in the order in which they came, taken from the front in chunks of at most `chunkBytes`. */
export interface ByteQueue {
  bytes(): number;
  add(part: Buffer): void;
  /** As much from the front as is written at once; nothing is taken yet. */
  first(): Buffer;
  take(count: number): void;
}

export function createByteQueue(chunkBytes: number): ByteQueue {
  let parts: Buffer[] = [];
  let bytes = 0;
  return {
    bytes: () => bytes,
    add: (part) => {
      if (part.length === 0) return;
      parts.push(part);
      bytes += part.length;
    },
    first: () => {
      if (parts.length > 1 && (parts[0]?.length ?? 0) < chunkBytes) parts = [Buffer.concat(parts)];
      return (parts[0] ?? Buffer.alloc(0)).subarray(0, chunkBytes);
    },
    take: (count) => {
      bytes -= count;
      const [front = Buffer.alloc(0), ...others] = parts;
      parts = count < front.length ? [front.subarray(count), ...others] : others;
    },
  };
}
