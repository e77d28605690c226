import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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

  it('are wrong all at once, by name', () => {
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

  it('name the bucket behind a URL', () => {
    expect(problemsOf({ AUDIT_BUCKET_URL: 'https://s3.example' })).toEqual([
      'AUDIT_BUCKET_URL: has no effect without AUDIT_BUCKET, which names the bucket there',
    ]);
    const both = readConfig({ AUDIT_BUCKET_URL: 'https://s3.example', AUDIT_BUCKET: 'tiles' });
    expect(both.auditBucket).toEqual({ name: 'tiles', url: 'https://s3.example' });
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

  describe('are trimmed', () => {
    it.each([' ', '\t', '\r', '\n', '\r\n', '\uFEFF', '\u00A0'])('of what an editor or a file left: %j', (space) => {
      const around = (value: string) => `${space}${value}${space}`;
      expect(
        readConfig({ NODE_ENV: around('production'), PORT: around('80'), HOST: around('::1'), DATA_DIR: around('/d') }),
      ).toMatchObject({ production: true, port: 80, host: '::1', dataFolder: '/d' });
      expect(readConfig({ DATA_DIR: space, AMQP_URL: space })).toMatchObject({ amqpUrl: null });
    });

    it.each(['"', "'", '`'])('but not of quotes, which are refused: %s', (quote) => {
      expect(problemsOf({ DATA_DIR: `${quote}./data${quote}`, NODE_ENV: `${quote}production${quote}` })).toEqual([
        'DATA_DIR: has quotes around it, which would be part of the value; leave them out',
        'NODE_ENV: has quotes around it, which would be part of the value; leave them out',
      ]);
    });

    it.each([
      ['a\u0000b', 'holds an invisible character (U+0000); write it again'],
      ['a\u200B', 'holds an invisible character (U+200B); write it again'],
      ['a\rb', 'has more than one line'],
    ])('and have nothing invisible left: %j', (folder, problem) => {
      expect(problemsOf({ DATA_DIR: folder })).toEqual([`DATA_DIR: ${problem}`]);
    });
  });

  describe('that are not exactly known are refused', () => {
    it.each(['Production', 'PRODUCTION', 'prod', 'live', 'production,', 'production\u200B', 'staging'])(
      'NODE_ENV=%j, which would leave development tokens on',
      (value) => {
        expect(problemsOf({ NODE_ENV: value })).toEqual([expect.stringMatching(/^NODE_ENV: /)]);
      },
    );

    it.each(['0x10', '1e3', '+80', '-0', '080', '80.0', '8 0', '8_0', '65536', '٨٠', 'Infinity', '0b1'])(
      'a number that is not plain decimal digits in its range: %s',
      (value) => {
        expect(problemsOf({ PORT: value, SHUTDOWN_TIMEOUT_MS: `${value}0000` })).toEqual([
          'PORT: must be a whole number from 0 to 65535, in decimal digits',
          'SHUTDOWN_TIMEOUT_MS: must be a whole number from 0 to 600000, in decimal digits',
        ]);
      },
    );

    it.each(['[::1]', '127.0.0.1:80', 'http://localhost', 'local host', '*', '::1::', '-x', 'a'.repeat(254), '/tmp/x'])(
      'a host that is no address and no name: %s',
      (value) => {
        expect(problemsOf({ HOST: value })).toEqual([expect.stringMatching(/^HOST: must be an address such as/)]);
      },
    );

    it.each(['~/data', '$HOME/data', '${HOME}/data', './data # of the shop'])(
      'a path that a shell or a reader of env files would have changed: %s',
      (value) => {
        expect(problemsOf({ DATA_DIR: value, EVENTOPS_CONFIG: value })).toEqual([
          expect.stringMatching(/^DATA_DIR: must be a path/),
          expect.stringMatching(/^EVENTOPS_CONFIG: must be a path/),
        ]);
      },
    );

    it.each(['INFO', 'warning', 'trace,debug'])('a level: %s', (value) => {
      expect(problemsOf({ LOG_LEVEL: value })).toEqual([
        'LOG_LEVEL: must be fatal, error, warn, info, debug, trace or silent',
      ]);
    });
  });

  it.each(['::', '::1', '2001:db8::1', 'fe80::1%eth0', '::ffff:127.0.0.1', '0.0.0.0', 'localhost', 'my_api.shop.'])(
    'take any address or name as host: %s',
    (value) => {
      expect(readConfig({ HOST: value }).host).toBe(value);
    },
  );

  it.each(['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'])('take %s:// for the log', (scheme) => {
    expect(readConfig({ EVENTSTORE_URL: `${scheme}://one,two` }).eventStoreUrl).toBe(`${scheme}://one,two`);
  });

  it.each([
    ['#', 'has a raw #; in a user or password it is written as %23'],
    ['/', 'has a raw /; in a user or password it is written as %2F'],
    ['?', 'has a raw ?; in a user or password it is written as %3F'],
    [' ', 'has a raw space; in a user or password it is written as %20'],
    ['%', 'has a % that begins no percent-encoding; a % itself is written as %25'],
    ['1/2?3', 'has a raw /; in a user or password it is written as %2F'],
  ])('with a raw %s in a password say how it is written, and never the password', (character, problem) => {
    const password = `canary${character}xcanary`;
    for (const [name, url] of [
      ['EVENTSTORE_URL', `esdb+discover://admin:${password}@one:2113,two?tls=false`],
      ['DATABASE_URL', `postgres://eventops:${password}@host:5432/events?sslmode=require`],
      ['AMQP_URL', `amqp://eventops:${password}@host/vhost`],
    ] as const) {
      const problems = problemsOf({ [name]: url });
      expect(problems).toEqual([expect.stringContaining(`${name}: ${problem}`)]);
      expect(problems.join()).not.toContain('canary');
      expect(problemsOf({ [name]: url.replace(password, encodeURIComponent(password)) })).toEqual([]);
    }
  });

  it.each([
    'postgres:///events?host=/var/run/postgresql&user=a@b',
    'postgres://eventops@host/events?options=-c%20search_path%3Da',
    'postgres://host/events',
  ])('may have an @ where it means nothing: %s', (value) => {
    expect(problemsOf({ DATABASE_URL: value })).toEqual([]);
  });

  it('that are lists have commas between their values', () => {
    expect(
      readConfig({ CORS_ORIGINS: 'https://a.example, http://localhost:5173', TRUST_PROXY: '10.0.0.7,fd00::/8' }),
    ).toMatchObject({
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
      trustProxy: ['10.0.0.7', 'fd00::/8'],
    });
    expect(readConfig({})).toMatchObject({ corsOrigins: [], trustProxy: [] });
  });

  it('that are witnesses are each a key and a URL, of which a slash at its end is left out', () => {
    const key = 'witness.example/w1+e354c969+BJENRJzr4SoL3n3Wfi3N9c8U8uNraKGH4tNUqGUWGwwO';
    expect(
      readConfig({ AUDIT_WITNESSES: `${key} https://witness.example/log/,  ${key}  http://10.0.0.7:8100` }),
    ).toMatchObject({
      auditWitnesses: [
        { vkey: key, url: 'https://witness.example/log' },
        { vkey: key, url: 'http://10.0.0.7:8100' },
      ],
    });
    for (const wrong of [
      'https://w.example',
      key,
      `${key}=https://w.example`,
      `${key} ftp://w.example`,
      `${key} https://u:p@w.example`,
    ])
      expect(problemsOf({ AUDIT_WITNESSES: wrong }), wrong).toEqual([
        expect.stringContaining('AUDIT_WITNESSES: must be witnesses'),
      ]);
  });

  it.each([
    [
      'CORS_ORIGINS',
      'must be origins such as https://console.example',
      ['*', 'null', 'https://*.example', 'a.example'],
    ],
    [
      'CORS_ORIGINS',
      'must be origins',
      ['https://a.example/', 'https://a.example/x', 'https://a.example:443', 'x://y'],
    ],
    ['CORS_ORIGINS', 'must be origins', ['https://u:p@a.example', 'https://A.example', 'https://a.example,', ',']],
    ['TRUST_PROXY', 'must be addresses such as 10.0.0.7', ['*', 'true', '1', 'localhost', '10.0.0.0/33', '::/129']],
    ['TRUST_PROXY', 'must be addresses', ['0.0.0.0/0', '::/0', '10.0.0.7/08', '10.0.0/8', '10.0.0.7,', 'fe80::1%eth0']],
  ])('that are lists are refused for one wrong value: %s', (name, problem, values) => {
    for (const value of values)
      expect(problemsOf({ [name]: value }), value).toEqual([expect.stringContaining(`${name}: ${problem}`)]);
  });

  it.each(['OIDC_ISSUER', 'EVENTOPS_URL'])('that are shown have no password in them: %s', (name) => {
    expect(problemsOf({ [name]: 'https://user:canary@host.example/path' })).toEqual([
      `${name}: must have no user and no password in it, because it is shown`,
    ]);
  });

  it("that are EventStoreDB's own belong to the server alone", () => {
    expect(problemsOf({ EVENTSTORE_INSECURE: 'true' })).toEqual([
      'EVENTSTORE_INSECURE: no such setting of EventOps; an option of EventStoreDB itself belongs in an env file that only the server gets',
    ]);
  });

  describe('that hold secrets', () => {
    const folder = mkdtempSync(join(tmpdir(), 'eventops-config-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const written = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const file = written('url', 'postgres://user:secret@localhost/events\n');

    it.each(['', '\n', '\r\n', '\r\n\r\n', ' \n'])('can be handed over as a file that ends in %j', (end) => {
      const path = written('ends', `\uFEFFpostgres://user:secret@localhost/events${end}`);
      expect(readConfig({ DATABASE_URL_FILE: `${path}\r` }).databaseUrl).toBe(
        'postgres://user:secret@localhost/events',
      );
    });

    it('are refused when they are given both ways', () => {
      expect(problemsOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://x' })).toEqual([
        'DATABASE_URL: given twice, also as DATABASE_URL_FILE; keep one',
      ]);
    });

    it.each([
      ['missing', () => join(folder, 'none'), 'the file cannot be read (ENOENT)'],
      ['a folder', () => folder, 'it is a folder, not a file'],
      ['empty', () => written('empty', '\n'), 'the file is empty'],
      ['endless', () => '/dev/zero', 'the file has more than 16384 bytes, which is no URL'],
      ['no text', () => written('bytes', Uint8Array.of(0xff, 0xfe, 0x61)), 'the file is not UTF-8 text'],
      ['of several lines', () => written('lines', 'amqp://canary\namqp://b'), 'has more than one line'],
      [
        'quoted',
        () => written('quoted', '"amqp://canary"'),
        'has quotes around it, which would be part of the value; leave them out',
      ],
    ])('are refused when the file is %s', (_, path, problem) => {
      expect(problemsOf({ AMQP_URL_FILE: path() })).toEqual([`AMQP_URL_FILE: ${problem}`]);
    });
  });
});
