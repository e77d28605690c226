import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProofFile, parseProofFile } from '../../../../src/application/transparency/proof-files.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const checkpoint = 'log.example\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n\n— log.example AAAAAAA=\n';

describe('a proof file', () => {
  it('gives back what was written', () => {
    const extra = fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes)));
    const file = fc.record({ extra, index: fc.maxSafeNat(), proof: fc.array(hash, { maxLength: 63 }) });
    fc.assert(
      fc.property(file, (given) => {
        const written = { ...given, checkpoint };
        expect(parseProofFile(formatProofFile(written))).toEqual(written);
      }),
    );
  });

  it('is written as C2SP tlog-proof says', () => {
    const proof = [Buffer.alloc(32), Buffer.alloc(32, 255)];
    expect(formatProofFile({ extra: Buffer.from('more'), index: 73_894, proof, checkpoint })).toBe(
      `c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex 73894\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n//////////////////////////////////////////8=\n\n${checkpoint}`,
    );
  });

  const whole = formatProofFile({ extra: null, index: 1, proof: [Buffer.alloc(32)], checkpoint });
  it.each([
    ['another version', whole.replace('@v1', '@v2')],
    ['no index', whole.replace('index 1\n', '')],
    ['an index that is no number', whole.replace('index 1', 'index one')],
    ['a hash of 31 bytes', whole.replace('AAAA', '')],
    ['an extra line after the index', whole.replace('index 1\n', 'index 1\nextra bW9yZQ==\n')],
    ['64 hashes', formatProofFile({ extra: null, index: 1, proof: Array(64).fill(Buffer.alloc(32)), checkpoint })],
    ['no checkpoint', whole.slice(0, whole.indexOf('\n\n'))],
    ['carriage returns', whole.replaceAll('\n', '\r\n')],
  ])('is refused with %s', (_, text) => {
    expect(() => parseProofFile(text)).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });
});
