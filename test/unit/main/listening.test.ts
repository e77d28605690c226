import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { CannotStart } from '../../../src/main/cannot-start.ts';
import { listening, reachableAt, urlOf } from '../../../src/main/listening.ts';

const settings = { host: 'HOST', port: 'METRICS_PORT' };

/** What a start says when a server cannot listen there. */
async function refusal(host: string, port: number) {
  const server = createServer();
  const listen = async () => {
    server.listen(port, host);
    await once(server, 'listening');
  };
  const error = await listening(settings, listen).catch((thrown: unknown) => thrown);
  server.close();
  if (!(error instanceof CannotStart)) throw new Error(`It listens at ${host}`, { cause: error });
  return { message: error.message, isWrongUse: error.isWrongUse };
}

it('an address that this machine lacks is the fault of the host', async () => {
  for (const host of ['192.0.2.1', '2001:db8::1'])
    expect(await refusal(host, 0)).toEqual({
      isWrongUse: true,
      message: expect.stringMatching(/^HOST: cannot listen: this machine has no such address \(E\w+\). Give HOST one/),
    });
});

it('a name that does not exist is the fault of the host', async () => {
  expect(await refusal('nowhere.invalid', 0)).toEqual({
    isWrongUse: true,
    message: expect.stringMatching(/^HOST: cannot listen: no such name is known here/),
  });
});

it.each([
  ['EADDRINUSE', false, /^METRICS_PORT: cannot listen: another program listens there/],
  ['EACCES', true, /^METRICS_PORT: cannot listen: this user may not listen there, as on ports below 1024/],
  ['EMFILE', false, /^HOST, METRICS_PORT: cannot listen: as the system says/],
])('%s is explained by the setting that it is about', async (code, isWrongUse, message) => {
  const failing = async () => {
    throw Object.assign(new Error('as the system says'), { code });
  };
  await expect(listening(settings, failing)).rejects.toMatchObject({
    isWrongUse,
    message: expect.stringMatching(message),
  });
});

it.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['::1', 'http://[::1]:80'],
  ['fe80::1%eth0', 'http://[fe80::1%25eth0]:80'],
  ['localhost', 'http://localhost:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://[::1]:80'],
])('what listens at %s is reached at %s', (host, url) => {
  expect(urlOf(host, 80)).toBe(url);
});

it('a zone stays as it is where no URL is written', () => {
  expect(reachableAt('fe80::1%eth0')).toBe('fe80::1%eth0');
});
