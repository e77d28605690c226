import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, SettingsInvalid } from '../../../src/config/config.ts';

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('need not be given: everything is embedded, on loopback', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 8000, eventStoreUrl: null, databaseUrl: null });
  });

  it('that are empty are as good as not given', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 8000, databaseUrl: null });
  });

  it('cannot be changed once read', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  it('are told wrong all at once, by name', () => {
    const problems = problemsOf({
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
      SHUTDOWN_TIMEOUT_MS: '-1',
    });
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(':')))).toEqual([
      'PORT',
      'DATABASE_URL',
      'LOG_LEVEL',
      'SHUTDOWN_TIMEOUT_MS',
    ]);
  });

  it('never show their values when they are wrong', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://user:canary@host',
      AMQP_URL: 'canary',
      EVENTSTORE_URL: 'http://canary',
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('canary');
  });

  it('may name several hosts of one log', () => {
    expect(problemsOf({ EVENTSTORE_URL: 'esdb://one:2113,two:2113' })).toEqual([]);
  });

  it('with a mistyped name are reported, with the nearest name that exists', () => {
    expect(problemsOf({ EVENTSTORE_URI: 'esdb://localhost' })).toEqual([
      'EVENTSTORE_URI: no such setting; did you mean EVENTSTORE_URL?',
    ]);
  });

  it('of other programs are none of ours', () => {
    expect(problemsOf({ PATH: '/bin', PGHOST: 'elsewhere', NODE_OPTIONS: '' })).toEqual([]);
  });

  it('name a crash point and a count, outside production', () => {
    expect(readConfig({ EVENTOPS_CRASH_AT: 'publish.after:12' }).crashAt).toEqual({
      point: 'publish.after',
      times: 12,
    });
    for (const wrong of ['publish.after', 'publish.after:0', ':1', 'publish.after:x'])
      expect(problemsOf({ EVENTOPS_CRASH_AT: wrong })).toEqual([expect.stringContaining('EVENTOPS_CRASH_AT: must be')]);
    expect(problemsOf({ EVENTOPS_CRASH_AT: 'publish.after:1', NODE_ENV: 'production' })).toEqual([
      'EVENTOPS_CRASH_AT: for tests only, so refused with NODE_ENV=production',
    ]);
  });

  describe('that hold secrets', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'eventops-config-')), 'url');
    writeFileSync(file, 'postgres://user:secret@localhost/events\n');

    it('can be handed over as a file', () => {
      expect(readConfig({ DATABASE_URL_FILE: file }).databaseUrl).toBe('postgres://user:secret@localhost/events');
    });

    it('are refused when they are given both ways', () => {
      expect(problemsOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://x' })).toEqual([
        'DATABASE_URL: given twice, also as DATABASE_URL_FILE; keep one',
      ]);
    });

    it('are refused when the file cannot be read', () => {
      expect(problemsOf({ AMQP_URL_FILE: `${file}.none` })).toEqual(['AMQP_URL_FILE: the file cannot be read']);
    });
  });
});
