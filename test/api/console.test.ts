import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { openConsole } from '../../src/main/open-console.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { manualClock } from '../support/api/manual-clock.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eventops-console-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** As a process with these settings serves it. */
async function served(settings: Readonly<Record<string, string>> = {}) {
  return apiUnderTest({ console: await openConsole(readConfig({ DATA_DIR: folder, ...settings }), manualClock()) });
}
const withIssuer = { OIDC_ISSUER: 'https://issuer.example/realm' };

describe('the console', () => {
  it('is there without a token, with every file that it names, to be kept for good', async () => {
    const { call } = await served();
    const page = await call({ url: '/', as: null });
    expect([page.statusCode, page.headers['content-type'], page.headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    const files = [...page.body.matchAll(/(?:href|src)="(\/[^"]*)"/g)].flatMap(([, url]) => url ?? []);
    expect(files.length).toBeGreaterThan(1);
    for (const url of files) {
      const plain = await call({ url, as: null });
      expect([url, plain.statusCode, plain.headers['cache-control']]).toEqual([
        url,
        200,
        'public, max-age=31536000, immutable',
      ]);
      const gzipped = await call({ url, as: null, headers: { 'accept-encoding': 'gzip, br' } });
      expect(gzipped.headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(gzipped.rawPayload).equals(plain.rawPayload)).toBe(true);
    }
    for (const url of ['/assets/no-such.js', '/assets/..%2Findex.html', '/assets/%00'])
      expect((await call({ url, as: null })).statusCode).toBe(404);
  });

  it('runs nothing within the page, has styles with a nonce of this answer, and asks this server and the issuer alone', async () => {
    const { call } = await served(withIssuer);
    const pages = [await call({ url: '/', as: null }), await call({ url: '/', as: null })];
    const nonces = pages.map(({ body, headers }) => {
      const policy = String(headers['content-security-policy']);
      const [, nonce = ''] = /style-src 'self' 'nonce-([^']+)'/.exec(policy) ?? [];
      expect(body).toContain(`<meta name="nonce" content="${nonce}" />`);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("connect-src 'self' https://issuer.example;");
      expect(policy).not.toContain('unsafe');
      expect(body).not.toMatch(/<script>|<style|\son\w+=|\sstyle=|__NONCE__/i);
      return nonce;
    });
    expect(new Set(nonces).size).toBe(2);
  });

  it('is left out by its setting, and the answer says so', async () => {
    const { call } = await served({ CONSOLE: 'false' });
    for (const url of ['/', '/console/settings', '/assets/index.js']) {
      const answer = await call({ url, as: null });
      expect(answer.statusCode).toBe(404);
      if (url !== '/assets/index.js') expect(answer.json().detail).toContain('CONSOLE=false');
    }
  });
});

describe('a development token', () => {
  const ask = { method: 'POST', as: null, headers: { host: 'localhost:8000' } } as const;

  it('is for a browser on this machine, in one of the four roles', async () => {
    const { call } = await served();
    const settings = (await call({ url: '/console/settings', as: null })).json();
    expect(settings.developmentRoles).toEqual(['admin', 'operator', 'auditor', 'viewer']);
    for (const host of ['localhost:8000', '127.0.0.1:8000', '[::1]:8000', 'localhost'])
      expect((await call({ ...ask, url: '/console/development-tokens/viewer', headers: { host } })).json()).toEqual({
        token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      });
    expect((await call({ ...ask, url: '/console/development-tokens/root' })).statusCode).toBe(404);
  });

  it.each([
    ['another site whose name leads here', { host: 'evil.example:8000' }, '127.0.0.1'],
    ['a name that only begins so', { host: 'localhost.evil.example' }, '127.0.0.1'],
    ['a proxy', { host: 'localhost:8000', 'x-forwarded-for': '192.0.2.1' }, '127.0.0.1'],
    ['another machine', { host: 'localhost:8000' }, '192.0.2.1'],
  ])('is not for %s', async (_, headers, remoteAddress) => {
    const { call } = await served();
    const answer = await call({ ...ask, url: '/console/development-tokens/viewer', headers, remoteAddress });
    expect([answer.statusCode, answer.json().detail]).toEqual([404, expect.stringContaining('bin/eventops token')]);
  });

  it('is not there with an issuer, nor in production', async () => {
    for (const settings of [withIssuer, { NODE_ENV: 'production' }]) {
      const { call } = await served(settings);
      expect((await call({ url: '/console/settings', as: null })).json().developmentRoles).toEqual([]);
      expect((await call({ ...ask, url: '/console/development-tokens/viewer' })).statusCode).toBe(404);
    }
  });
});
