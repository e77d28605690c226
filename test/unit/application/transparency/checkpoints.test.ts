import { describe, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from '../../../../src/application/transparency/checkpoints.ts';
import { EMPTY_ROOT } from '../../../../src/application/transparency/hashing.ts';
import { formatVerifierKey, type SigningKey } from '../../../../src/application/transparency/keys.ts';
import { formatNote, parseNote } from '../../../../src/application/transparency/notes.ts';
import { parsePolicy, policyOfKey } from '../../../../src/application/transparency/policies.ts';
import { signatureLine } from '../../../../src/application/transparency/signatures.ts';
import { verifyCheckpoint } from '../../../../src/application/transparency/verify-checkpoint.ts';
import { logKey, testKey, witnessKeys } from '../../../support/transparency/test-keys.ts';

/** C2SP tlog-cosignature at 5ba5ee8. The keys of the example are not published. */
const example = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;

const tree = { origin: logKey.name, size: 1, root: EMPTY_ROOT };
const text = formatCheckpoint(tree);
const signed = (signers: readonly SigningKey[], body = text) =>
  formatNote(
    body,
    signers.map((key) => signatureLine(key, body, 1_679_315_147)),
  );

describe('a checkpoint', () => {
  it('is read as the example of C2SP says', () => {
    const note = parseNote(example);
    expect(parseCheckpoint(note.text)).toEqual({
      origin: 'example.com/behind-the-sofa',
      size: 20_852_163,
      root: Buffer.from('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', 'base64'),
    });
    expect(formatCheckpoint(parseCheckpoint(note.text))).toBe(note.text);
    expect(note.signatures.map(({ name, signature }) => [name, signature.length])).toEqual([
      ['example.com/behind-the-sofa', 64],
      ['witness.example.com/w1', 72],
    ]);
  });

  it('may have further lines, which its signature covers', () => {
    expect(parseCheckpoint(`${text}extension\n`)).toEqual(tree);
    expect(() => verifyCheckpoint(signed([logKey]).replace('\n\n', '\nmore\n\n'), policyOfKey(logKey))).toThrow(
      'does not hold',
    );
  });

  it.each([
    ['an empty origin', text.replace(logKey.name, '')],
    ['a size with a leading zero', text.replace('\n1\n', '\n01\n')],
    ['a size with a sign', text.replace('\n1\n', '\n+1\n')],
    ['a size beyond what is counted to', text.replace('\n1\n', '\n9007199254740993\n')],
    ['a hash of 31 bytes', text.replace(EMPTY_ROOT.toString('base64'), Buffer.alloc(31).toString('base64'))],
    ['two lines', text.split('\n').slice(0, 2).join('\n')],
    ['an empty line in it', `${text}\nmore\n`],
  ])('is refused with %s', (_, body) => {
    expect(() => parseCheckpoint(body)).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });
});

describe('a checkpoint that is to be believed', () => {
  const policy = parsePolicy(`log ${formatVerifierKey(logKey)}\nquorum none\n`);

  it('is signed by a key that is named as its origin', () => {
    expect(verifyCheckpoint(signed([logKey]), policy)).toEqual({
      ...tree,
      signedBy: expect.anything(),
      cosignatures: [],
    });
    expect(() => verifyCheckpoint(signed([testKey(logKey.name, 9)]), policy)).toThrow('is not signed by a key');
    const foreign = formatCheckpoint({ ...tree, origin: 'other.example' });
    expect(() => verifyCheckpoint(signed([logKey], foreign), policy)).toThrow('for which no key is known');
  });

  const [one = logKey, two = logKey, three = logKey] = witnessKeys;
  const witnesses = witnessKeys.map((key, at) => `witness w${at} ${formatVerifierKey(key)}`).join('\n');
  const withQuorum = (lines: string) => parsePolicy(`log ${formatVerifierKey(logKey)}\n${witnesses}\n${lines}\n`);

  it.each([
    ['quorum w0', [one], null],
    ['quorum w0', [two], 'w0 has not cosigned it'],
    ['group g 2 w0 w1 w2\nquorum g', [one, three], null],
    ['group g 2 w0 w1 w2\nquorum g', [three], 'g has 1 of the 2 it takes'],
    ['group g any w0 w1\nquorum g', [two], null],
    ['group g all w0 w1\nquorum g', [two], 'g has 1 of the 2 it takes'],
    ['group g any w0 w1\ngroup h all g w2\nquorum h', [two, three], null],
    ['group g any w0 w1\ngroup h all g w2\nquorum h', [one, two], 'h has 1 of the 2 it takes'],
  ])('is cosigned as the policy asks: %j', (lines, cosigners, missing) => {
    const verify = () => verifyCheckpoint(signed([logKey, ...cosigners]), withQuorum(lines));
    if (missing === null) expect(verify().cosignatures).toHaveLength(cosigners.length);
    else expect(verify).toThrow(`The checkpoint of ${logKey.name} lacks cosignatures: ${missing}`);
  });

  it('counts a witness once', () => {
    expect(() => verifyCheckpoint(signed([logKey, one, one]), withQuorum('group g 2 w0 w1\nquorum g'))).toThrow(
      'g has 1 of the 2',
    );
  });
});
