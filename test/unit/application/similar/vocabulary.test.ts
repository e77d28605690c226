import { describe, expect, it } from 'vitest';
import { localEmbeddings } from '../../../../src/application/similar/local-embeddings.ts';
import { plain, stem, termsOf } from '../../../../src/application/similar/terms.ts';
import { operations } from '../../../../src/application/similar/vocabulary/operations.ts';

const cosine = async (one: string, other: string) => {
  const [a = [], b = []] = await localEmbeddings.embed([one, other], new AbortController().signal);
  const dot = a.reduce((sum, each, at) => sum + each * (b[at] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
};

describe('the vocabulary of operations', () => {
  it.each([
    [
      'connection refused',
      ['connect ECONNREFUSED', 'Connection refused', 'the host refused to connect', 'nothing is listening on the port'],
    ],
    ['name not resolved', ['getaddrinfo ENOTFOUND', 'could not resolve host name', 'DNS lookup failed']],
    ['deadlock', ['deadlock detected', 'ER_LOCK_DEADLOCK', 'SQLSTATE 40P01']],
    ['disk full', ['ENOSPC', 'no space left on device', 'the volume is full']],
    ['rate limited', ['429', 'ThrottlingException', 'too many requests', 'RATE_LIMIT_EXCEEDED']],
    ['token expired', ['TokenExpiredError: jwt expired', 'the session has expired', 'invalid_grant']],
    ['unique violation', ['E11000 duplicate key', 'violates unique constraint', 'the e-mail already exists']],
  ])('knows that these are one thing: %s', (name, wordings) => {
    for (const wording of wordings) expect([wording, termsOf(wording).operations]).toEqual([wording, [name]]);
  });

  it('has each name once, and a pattern that some lower-case text without punctuation can match', () => {
    const names = operations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, wordings } of operations)
      for (const { source, flags } of wordings)
        expect([name, flags, /[A-Z](?![a-z]*\b.*\\)/.test(source.replaceAll(/\\[A-Z]/g, ''))]).toEqual([
          name,
          '',
          false,
        ]);
  });

  it('leaves out what is general where something particular is said', () => {
    expect(termsOf('canceling statement due to lock timeout').operations).toEqual(['lock not obtained']);
    expect(termsOf('the request timed out').operations).toEqual(['request timed out']);
  });

  it('is quick, also with texts that are made to be slow', () => {
    for (const piece of ['the connection ', 'no address ', 'certificate ', 'aaaa', 'lock ', "can't ", '<'.repeat(50)])
      expect(termsOf(piece.repeat(10_000)).words.length).toBeLessThanOrEqual(40);
  });
});

describe('plain text', () => {
  it('has the words of names and codes, and no placeholders', () => {
    expect(plain('ERR_TLS_CERT_ALTNAME_INVALID: HTTPError at <host>:443, can’t read')).toBe(
      'err tls cert altname invalid http error at 443 cannot read',
    );
    expect(stem('connections')).toBe(stem('connected'));
    expect(stem('policies')).toBe(stem('policy'));
  });
});

describe('local vectors', () => {
  it('are near for one thing in other words, and far for other things in the same words', async () => {
    const { leastSimilarity } = localEmbeddings;
    expect(await cosine('Error: connect ECONNREFUSED', 'DbError: refused to connect')).toBeGreaterThan(leastSimilarity);
    expect(await cosine('Error: statement timeout', 'Error: lock timeout')).toBeLessThan(leastSimilarity);
    expect(await cosine('Error: barcode has eleven digits', 'Error: paper tray needs attention')).toBeLessThan(
      leastSimilarity,
    );
  });
});
