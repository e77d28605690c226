import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditKeyIn, readAuditKey } from '../../../../src/adapters/audit-key/audit-key.ts';

describe('the key that signs checkpoints', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-audit-key-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is made once in the data folder, for this user alone, whoever asks first', async () => {
    const keys = await Promise.all([auditKeyIn(folder), auditKeyIn(folder), auditKeyIn(folder)]);
    const [one, ...others] = keys.map((key) => key.export({ format: 'pem', type: 'pkcs8' }));
    expect(others).toEqual([one, one]);
    expect((await stat(join(folder, 'audit-key.pem'))).mode & 0o777).toBe(0o600);
    expect((await auditKeyIn(folder)).export({ format: 'pem', type: 'pkcs8' })).toBe(one);
  });

  it.each([
    ['nothing', ''],
    ['half a key', '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n'],
    ['a public key', generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' })],
    ['a key for another use', generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' })],
  ])('is refused when its file holds %s, and nothing of it is shown', async (_, text) => {
    const file = join(folder, 'given.pem');
    await writeFile(file, text);
    const error = await readAuditKey(file).catch((failure: Error) => failure);
    expect(error).toMatchObject({
      name: 'AuditKeyUnusable',
      message: expect.stringMatching(/given.pem does not hold/),
    });
    expect((error as Error).stack).not.toContain('MC4C');
  });

  it('is refused when its file is not there', async () => {
    await expect(readAuditKey(join(folder, 'none.pem'))).rejects.toThrow('(ENOENT)');
  });
});
