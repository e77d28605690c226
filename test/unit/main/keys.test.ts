import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { createKey } from '../../../src/main/keys.ts';

/** A system that notes what it is asked for. */
async function systemUnderTest() {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      asked.push(body);
      response.end(JSON.stringify({ id: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d', key: 'the key' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
  return { asked, config: readConfig({ EVENTOPS_URL: `http://127.0.0.1:${port}`, EVENTOPS_TOKEN: 'a-token' }) };
}

const forTheTill = { name: 'till 4', permissions: ['events:write'], sources: [] };

describe('creating an API key from the command line', () => {
  it('leaves out what was not given', async () => {
    const { asked, config } = await systemUnderTest();
    await createKey(config, forTheTill);
    expect(asked).toEqual([{ name: 'till 4', permissions: ['events:write'] }]);
  });

  it('hands on an empty moment of expiry to be refused: a variable that is not set makes no key that never expires', async () => {
    const { asked, config } = await systemUnderTest();
    await createKey(config, { ...forTheTill, expiresAt: '' });
    expect(asked).toEqual([expect.objectContaining({ expiresAt: '' })]);
  });

  it('says that the key may exist when there is no answer', async () => {
    const config = readConfig({ EVENTOPS_URL: 'http://127.0.0.1:1', EVENTOPS_TOKEN: 'a-token' });
    await expect(createKey(config, forTheTill)).rejects.toThrow(
      /^No answer from .*A key named "till 4" may exist all the same: look for it with eventops keys list, and revoke it/,
    );
  });
});
