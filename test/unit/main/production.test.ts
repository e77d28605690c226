import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { unfitForProduction } from '../../../src/main/production.ts';

const problemsOf = (DATABASE_URL: string) =>
  unfitForProduction(
    readConfig({
      NODE_ENV: 'production',
      OIDC_ISSUER: 'https://login.example',
      EVENTSTORE_URL: 'esdb://log',
      DATABASE_URL,
    }),
    ['api'],
  );

it.each([
  'postgres://eventops:postgres@host/events',
  'postgres://eventops:post%67res@host/events',
  'postgres://eventops@host/events?sslmode=require&password=postgres',
  'postgresql://eventops:a-good-one@host/events?password=post%67res',
])('production refuses a published password, wherever it stands: %s', (url) => {
  expect(problemsOf(url)).toEqual([expect.stringMatching(/^DATABASE_URL: holds a password that is a default/)]);
});

it.each([
  'postgres://eventops:a-good-one@host/events',
  'postgres://eventops:not-utf-8%ff@host/events',
  'postgres://eventops@host/events?password=%ff',
])('production takes what is not published, also what cannot be decoded: %s', (url) => {
  expect(problemsOf(url)).toEqual([]);
});

it.each(['OPENAI', 'GEMINI'])(
  'production sends the key of %s to https alone, and asks a server without a key over http',
  (name) => {
    const problems = (settings: Readonly<Record<string, string>>) =>
      unfitForProduction(readConfig({ NODE_ENV: 'production', ...settings }), ['explainer']);
    const [key, url] = [`${name}_API_KEY`, `${name}_BASE_URL`];
    expect(problems({ [key]: 'secret', [url]: 'http://models' })).toEqual([
      expect.stringMatching(new RegExp(`^${url}: must be an https URL`)),
    ]);
    expect(problems({ [url]: 'http://models' })).toEqual([]);
    expect(problems({ [key]: 'secret', [url]: 'https://models' })).toEqual([]);
  },
);
