/** A payload, or what stands in its place, and what must become of an event with it. */
export interface CorpusCase {
  readonly name: string;
  /** Bytes that may be no text and no JSON. */
  readonly payload: Buffer;
  /** `taken`: kept byte for byte. `refused`: 400 or 413, and nothing is appended. */
  readonly verdict: 'taken' | 'refused';
}

export const taken = (name: string, payload: string | Buffer): CorpusCase => ({
  ...{ name, verdict: 'taken' },
  payload: Buffer.from(payload as string),
});
export const refused = (name: string, payload: string | Buffer): CorpusCase => ({
  ...{ name, verdict: 'refused' },
  payload: Buffer.from(payload as string),
});
