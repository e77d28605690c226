import { describe, expect, it } from 'vitest';
import { apiUnderTest } from '../support/api/api-under-test.ts';

const linked = (html: string) => [...html.matchAll(/(?:href|src)="([^"]*)"/g)].flatMap(([, url]) => url ?? []);

describe('the reference page', () => {
  it('is there without a token, with every file that it names', async () => {
    const { call } = apiUnderTest();
    const page = await call({ url: '/docs', as: null });
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const files = linked(page.body);
    expect(files).toHaveLength(3);
    for (const file of files) {
      const { statusCode, headers } = await call({ url: new URL(file, 'http://eventops/docs').pathname, as: null });
      const type = file.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
      expect([file, statusCode, headers['content-type']]).toEqual([file, 200, type]);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    }
  });

  it('shows the document of this API', async () => {
    const { call } = apiUnderTest();
    const script = (await call({ url: '/docs/start.js', as: null })).body;
    const [, document = ''] = /url: '([^']*)'/.exec(script) ?? [];
    const answer = await call({ url: new URL(document, 'http://eventops/docs').pathname, as: null });
    expect(answer.json()).toHaveProperty('openapi');
  });

  it('loads nothing from elsewhere, and runs nothing that stands in it', async () => {
    const { body, headers } = await apiUnderTest().call({ url: '/docs', as: null });
    expect(linked(body).filter((url) => /^(\w+:|\/)/.test(url))).toEqual([]);
    expect(body).not.toMatch(/<script>|<style|\son\w+=|\sstyle=|javascript:/i);
    const policy = Object.fromEntries(
      String(headers['content-security-policy'])
        .split('; ')
        .map((directive) => [directive.split(' ', 1)[0], directive.split(' ').slice(1)]),
    );
    expect(policy).toMatchObject({ 'default-src': ["'none'"], 'script-src': ["'self'"], 'style-src': ["'self'"] });
    expect(Object.values(policy).flat()).not.toContain("'unsafe-inline'");
  });

  it.each([
    'start.js.map',
    '..%2f..%2fpackage.json',
    '__proto__',
    'constructor',
    '%00',
    'swagger-ui.css%00',
    'index.html',
  ])('has no file %s', async (file) => {
    const answer = await apiUnderTest().call({ url: `/docs/${file}`, as: null });
    expect([404, 400]).toContain(answer.statusCode);
  });
});
