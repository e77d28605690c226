import { describe, expect, it } from 'vitest';
import {
  COSIGNATURE,
  formatVerifierKey,
  NOTE_SIGNATURE,
  parseVerifierKey,
  verifierKey,
} from '../../../../src/application/transparency/keys.ts';
import { formatNote, parseNote } from '../../../../src/application/transparency/notes.ts';
import { signatureLine, verifySignatures } from '../../../../src/application/transparency/signatures.ts';
import { logKey, testKey, witnessKeys } from '../../../support/transparency/test-keys.ts';

/** C2SP signed-note at 5ba5ee8, and the documentation of Go's golang.org/x/mod/sumdb/note. */
const published = [
  {
    vkey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    note: 'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
  },
  {
    vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    note: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
  },
];

describe('a note', () => {
  it.each(published)('that is published is signed by the key that is published: $vkey', ({ vkey, note }) => {
    const key = parseVerifierKey(vkey);
    expect(formatVerifierKey(key)).toBe(vkey);
    expect(verifySignatures(parseNote(note), [key])).toEqual([{ key, atSeconds: null }]);
    expect(() => verifySignatures(parseNote(note.replace('is', 'was')), [key])).toThrow(
      `The signature by ${key.name} does not hold for this text`,
    );
  });

  const text = 'one\n\ntwo\n';
  const signed = formatNote(text, [signatureLine(logKey, text)]);

  it('may have empty lines in its text, which ends at the last one', () => {
    expect(parseNote(signed)).toMatchObject({ text, signatures: [{ name: logKey.name, keyId: logKey.id }] });
  });

  it('may have signatures of keys that are not known, also by the name or the id of one that is', () => {
    const sameName = testKey(logKey.name, 9);
    const sameId = signatureLine({ ...testKey('other.example', 9), id: logKey.id }, text);
    const note = parseNote(formatNote(text, [signatureLine(sameName, text), sameId, signatureLine(logKey, text)]));
    expect(verifySignatures(note, [logKey])).toEqual([{ key: logKey, atSeconds: null }]);
    expect(verifySignatures(note, [witnessKeys[0] ?? logKey])).toEqual([]);
  });

  it('is refused as a whole when a signature of a known key does not hold', () => {
    const [one = logKey, other = logKey] = witnessKeys;
    const note = formatNote(text, [signatureLine(one, text, 1_679_315_147), signatureLine(other, 'else\n', 1)]);
    expect(() => verifySignatures(parseNote(note), [one, other])).toThrow(other.name);
  });

  it('takes 16 signatures and more', () => {
    const lines = Array.from({ length: 20 }, (_, index) => signatureLine(testKey(`k${index}`, 9), text));
    expect(parseNote(formatNote(text, [...lines, signatureLine(logKey, text)])).signatures).toHaveLength(21);
  });

  const line = signatureLine(logKey, text);
  it.each([
    ['no empty line', `${text}${line}`.replace('\n\n', '\n')],
    ['no signature', `${text}\n`],
    ['no newline at the end', signed.slice(0, -1)],
    ['a carriage return', signed.replace('one', 'one\r')],
    ['half a character', signed.replace('one', '\ud800')],
    ['an ordinary dash', signed.replace('—', '-')],
    ['two spaces', signed.replace('— ', '—  ')],
    ['a plus in the name', signed.replace('log.example', 'log+example')],
    ['base64 without padding', formatNote(text, [line.replace(/=+\n/, '\n')])],
    ['base64 with white space', formatNote(text, [line.replace(/=\n/, '= \n')])],
    ['a signature without bytes', formatNote(text, ['— log.example AAAAAA==\n'])],
    [
      '101 signatures',
      formatNote(
        text,
        Array.from({ length: 101 }, () => line),
      ),
    ],
    ['a megabyte', formatNote('x\n'.repeat(500_001), [line])],
  ])('is refused with %s', (_, note) => {
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });
});

describe('a cosignature', () => {
  const text = 'log.example/audit\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n';
  const [witness = logKey] = witnessKeys;

  it('holds for its text and time alone', () => {
    const note = (body: string, at: number) => formatNote(body, [signatureLine(witness, text, at)]);
    expect(verifySignatures(parseNote(note(text, 1_679_315_147)), [witness])).toEqual([
      { key: witness, atSeconds: 1_679_315_147 },
    ]);
    expect(() => verifySignatures(parseNote(note(text.replace('\n1\n', '\n2\n'), 1)), [witness])).toThrow(witness.name);
    const [signature] = parseNote(note(text, 1)).signatures;
    const earlier = Buffer.from(signature?.signature ?? Buffer.of());
    earlier.writeBigUInt64BE(0n);
    const changed = { text, signatures: [{ name: witness.name, keyId: witness.id, signature: earlier }] };
    expect(() => verifySignatures(changed, [witness])).toThrow(witness.name);
  });

  it('is no signature of the note itself by the same key', () => {
    const asLog = verifierKey(witness.name, NOTE_SIGNATURE, witness.publicKey);
    expect(asLog.id).not.toBe(witness.id);
    const note = formatNote(text, [signatureLine({ ...asLog, sign: witness.sign }, text)]);
    expect(verifySignatures(parseNote(note), [witness])).toEqual([]);
  });
});

describe('a verifier key', () => {
  const [one] = published;
  it.each([
    ['', 'is not a name'],
    ['example.com/foo', 'is not a name'],
    [one?.vkey.replace('530d903a', '530d903b') ?? '', 'has the id 530d903b'],
    [one?.vkey.replace('530d903a', '530D903A') ?? '', 'is not a name'],
    ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=', 'and a public key of Ed25519 has 32'],
    ['example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'signatures of type 6'],
  ])('is refused: %s', (vkey, problem) => {
    expect(() => parseVerifierKey(vkey)).toThrow(problem);
  });

  it.each(['', 'a b', 'a+b', 'a b', 'a\nb'])('has no such name: %j', (name) => {
    expect(() => verifierKey(name, COSIGNATURE, Buffer.alloc(32))).toThrow('The key name');
  });
});
