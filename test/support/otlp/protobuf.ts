/** A message of protocol buffers, field by field: https://protobuf.dev/programming-guides/encoding/. */
export class Message {
  readonly #fields = new Map<number, (bigint | Buffer)[]>();

  constructor(bytes: Buffer) {
    let at = 0;
    const varint = () => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes.readUInt8(at++);
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
      }
    };
    const take = (length: number) => {
      if (at + length > bytes.length) throw new Error('A field goes beyond the end of its message');
      at += length;
      return bytes.subarray(at - length, at);
    };
    while (at < bytes.length) {
      const tag = Number(varint());
      const [field, wireType] = [tag >> 3, tag & 7];
      const known = this.#fields.get(field) ?? [];
      if (wireType === 0) known.push(varint());
      else if (wireType === 1) known.push(take(8).readBigUInt64LE());
      else if (wireType === 2) known.push(take(Number(varint())));
      else if (wireType === 5) known.push(BigInt(take(4).readUInt32LE()));
      else throw new Error(`Field ${field} has the unknown wire type ${wireType}`);
      this.#fields.set(field, known);
    }
  }

  has = (field: number) => this.#fields.has(field);
  number = (field: number): bigint => BigInt.asIntN(64, this.#last(field, 0n) as bigint);
  bytes = (field: number): Buffer => this.#last(field, Buffer.alloc(0)) as Buffer;
  text = (field: number): string => this.bytes(field).toString('utf8');
  hex = (field: number): string => this.bytes(field).toString('hex');
  messages = (field: number): readonly Message[] =>
    (this.#fields.get(field) ?? []).map((bytes) => new Message(bytes as Buffer));

  #last(field: number, absent: bigint | Buffer): bigint | Buffer {
    return this.#fields.get(field)?.at(-1) ?? absent;
  }
}
