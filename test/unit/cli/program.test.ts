import { describe, expect, it } from 'vitest';
import { createProgram, runProgram } from '../../../src/cli/program.ts';

/** What the command line asks for, and the exit code. */
async function run(...commandLine: readonly string[]) {
  const asked: unknown[] = [];
  const told: string[] = [];
  const program = createProgram(
    {
      start: async ({ roles, acceptLossUpTo, passOverUpTo }) =>
        void asked.push({ start: roles, acceptLossUpTo, ...(passOverUpTo !== null && { passOverUpTo }) }),
      token: async (request) => void asked.push({ token: request }),
      verify: async (file) => void asked.push({ verify: file }),
      backup: async (file) => void asked.push({ backup: file }),
      restore: async (file) => void asked.push({ restore: file }),
      keys: {
        create: async (request) => void asked.push({ create: request }),
        list: async (form) => void asked.push({ list: form }),
        revoke: async (request) => void asked.push({ revoke: request }),
      },
      trace: async (request) => void asked.push({ trace: request }),
      similar: async (request) => void asked.push({ similar: request }),
      stats: async (request) => void asked.push({ stats: request }),
      witness: {
        init: async (request) => void asked.push({ init: request }),
        start: async (request) => void asked.push({ start: request }),
      },
      audit: {
        export: async (request) => void asked.push({ export: request }),
        verify: async (request) => void asked.push({ verify: request }),
        key: async () => void asked.push('audit key'),
        receipt: async (request) => void asked.push({ receipt: request }),
      },
      failures: {
        explain: async (request) => void asked.push({ explain: request }),
        list: async (request) => void asked.push({ listFailures: request }),
        show: async (request) => void asked.push({ show: request }),
        resolve: async (request) => void asked.push({ resolve: request }),
      },
      projections: {
        list: async (form) => void asked.push({ listProjections: form }),
        rebuild: async (request) => void asked.push({ rebuild: request }),
        status: async (request) => void asked.push({ status: request }),
        decide: async (request) => void asked.push({ decide: request }),
        repair: async (request) => void asked.push({ repair: request }),
      },
      events: {
        send: async (request) => void asked.push({ send: request }),
        get: async (request) => void asked.push({ get: request }),
        history: async (request) => void asked.push({ history: request }),
        list: async (request) => void asked.push({ listEvents: request }),
        tail: async (request) => void asked.push({ tail: request }),
        wait: async (request) => void asked.push({ wait: request }),
        replay: async (request) => void asked.push({ replay: request }),
      },
      eventTypes: {
        list: async (output) => void asked.push({ listTypes: output }),
        operate: async (request) => void asked.push({ operateType: request }),
      },
      doctor: async (request) => void asked.push({ doctor: request }),
      completion: async (shell) => void asked.push({ completion: shell }),
      deadLetters: {
        list: async (request) => void asked.push({ list: request }),
        groups: async (request) => void asked.push({ groups: request }),
        show: async (request) => void asked.push({ show: request }),
        discard: async (request) => void asked.push({ discard: request }),
      },
      plans: {
        create: async (request) => void asked.push({ create: request }),
        list: async (output) => void asked.push({ listPlans: output }),
        show: async (request) => void asked.push({ showPlan: request }),
        start: async (request) => void asked.push({ startPlan: request }),
        operate: async (request) => void asked.push({ operate: request }),
      },
    },
    ['events:read', 'events:write'],
  );
  for (const each of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
    each.configureOutput({ writeErr: (text) => void told.push(text), writeOut: (text) => void told.push(text) });
  return { code: await runProgram(program, commandLine), asked, told: told.join('') };
}

describe('eventops start', () => {
  it('runs all roles', async () => {
    expect(await run('start')).toMatchObject({
      code: 0,
      asked: [{ start: ['api', 'projector', 'dispatcher', 'worker', 'anchor', 'explainer'], acceptLossUpTo: null }],
    });
  });

  it('runs the roles that are named', async () => {
    expect((await run('start', '--roles', 'worker,api')).asked).toEqual([
      { start: ['api', 'worker'], acceptLossUpTo: null },
    ]);
  });

  it('accepts the loss of transitions up to a position that is named, and no other word for it', async () => {
    expect((await run('start', '--accept-lost-transitions', '4211')).asked).toMatchObject([{ acceptLossUpTo: 4211 }]);
    expect(await run('start', '--accept-lost-transitions', 'all')).toMatchObject({ code: 2, asked: [] });
  });

  it('passes over what cannot be projected up to a position that is named', async () => {
    expect((await run('start', '--pass-over-up-to', '4211')).asked).toMatchObject([{ passOverUpTo: 4211 }]);
    expect(await run('start', '--pass-over-up-to', 'all')).toMatchObject({ code: 2, asked: [] });
  });

  it('refuses a role that does not exist, and names those that do', async () => {
    const { code, asked, told } = await run('start', '--roles', 'api,manager');
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(told).toContain('no such role: manager; there are api, projector, dispatcher, worker');
  });
});

describe('eventops token', () => {
  it("is an admin's when nothing is said", async () => {
    expect((await run('token')).asked).toEqual([{ token: { role: 'admin', scopes: [], subject: 'developer' } }]);
  });

  it('has the scopes that are named, and no role with them', async () => {
    expect(
      (await run('token', '--scope', 'events:write', '--scope', 'events:read', '--subject', 'shop')).asked,
    ).toEqual([{ token: { scopes: ['events:write', 'events:read'], subject: 'shop' } }]);
  });

  it('refuses a role that does not exist', async () => {
    expect(await run('token', '--role', 'root')).toMatchObject({ code: 2, asked: [] });
  });
});

/** Of a key, or of an event. */
const id = '091e518e-cffb-86e7-867b-354763635bbd';

describe('eventops send', () => {
  it('takes a file, standard input, or the payload itself', async () => {
    const usual = { ndjson: false, output: 'table' };
    expect((await run('send', 'orders.json')).asked).toEqual([{ send: { ...usual, file: 'orders.json' } }]);
    expect((await run('send', '-', '--ndjson')).asked).toEqual([{ send: { ...usual, file: '-', ndjson: true } }]);
    const about = ['--type', 'order.placed', '--source', 'shop', '--key', 'one'];
    expect((await run('send', '--data', '{"a":1}', ...about)).asked).toEqual([
      { send: { ...usual, data: '{"a":1}', type: 'order.placed', source: 'shop', key: 'one' } },
    ]);
    expect(await run('send', '--data', '{a:1}')).toMatchObject({ code: 2, asked: [] });
  });
});

describe('eventops types', () => {
  it('pauses and resumes with a reason', async () => {
    expect((await run('types', 'pause', 'order.*', '--reason', 'why', '--yes')).asked).toEqual([
      { operateType: { name: 'order.*', act: 'pause', reason: 'why', yes: true, output: 'table' } },
    ]);
    expect(await run('types', 'resume', 'order.placed')).toMatchObject({ code: 2, asked: [] });
  });
});

describe('eventops list, tail and wait', () => {
  it('take filters, times and how many', async () => {
    expect((await run('list', '--since', '1h', '--status', 'DEAD', '--limit', '3', '-o', 'ndjson')).asked).toEqual([
      { listEvents: { since: { agoMs: 3_600_000 }, status: 'DEAD', limit: 3, output: 'ndjson' } },
    ]);
    expect(await run('list', '--status', 'dead')).toMatchObject({ code: 2, asked: [] });
    expect((await run('tail', '-f', '-n', '2', '--type', 'order.placed')).asked).toEqual([
      { tail: { follow: true, lines: 2, type: 'order.placed', output: 'table' } },
    ]);
    expect((await run('wait', id, '--timeout', '60')).asked).toEqual([
      { wait: { id, timeoutMs: 60_000, output: 'table' } },
    ]);
    expect(await run('wait', 'no-id')).toMatchObject({ code: 2, asked: [] });
  });

  it('replay wants a reason', async () => {
    expect(await run('replay', id)).toMatchObject({ code: 2, asked: [] });
    expect((await run('replay', id, '--reason', 'why')).asked).toEqual([
      { replay: { id, reason: 'why', output: 'table' } },
    ]);
  });
});

describe('eventops similar', () => {
  it('asks for ten failures like that of an event, or as many as it is told', async () => {
    expect((await run('similar', id)).asked).toEqual([{ similar: { id, limit: 10, output: 'table' } }]);
    expect((await run('similar', id, '--limit', '3', '-o', 'json')).asked).toEqual([
      { similar: { id, limit: 3, output: 'json' } },
    ]);
  });
});

describe('eventops trace', () => {
  it("shows an event's timeline as bars, or as JSON", async () => {
    expect((await run('trace', id)).asked).toEqual([{ trace: { id, output: 'table' } }]);
    expect((await run('trace', id, '-o', 'json')).asked).toEqual([{ trace: { id, output: 'json' } }]);
  });
});

describe('eventops backup, verify and restore', () => {
  it('name the file of the backup, and verify without one is of the log itself', async () => {
    expect((await run('backup', 'nightly')).asked).toEqual([{ backup: 'nightly' }]);
    expect((await run('restore', 'nightly')).asked).toEqual([{ restore: 'nightly' }]);
    expect((await run('verify', 'nightly')).asked).toEqual([{ verify: 'nightly' }]);
    expect((await run('verify')).asked).toEqual([{ verify: null }]);
    expect(await run('backup')).toMatchObject({ code: 2, asked: [] });
  });
});

describe('eventops stats', () => {
  it('shows the last minutes by type, once, as a table', async () => {
    expect((await run('stats')).asked).toEqual([{ stats: { by: 'type', bucket: '1m', output: 'table' } }]);
  });

  it('takes what to group by, how long a bucket is, from when, in which form, and how often again', async () => {
    const given = ['stats', '--by', 'failure', '--bucket', '1h', '--since', '2h', '-o', 'ndjson', '--watch', '5'];
    expect((await run(...given)).asked).toEqual([
      { stats: { by: 'failure', bucket: '1h', since: { agoMs: 7_200_000 }, output: 'ndjson', everyMs: 5_000 } },
    ]);
    expect((await run('stats', '--since', '2030-01-31T12:00:00Z', '--watch')).asked).toMatchObject([
      { stats: { since: { at: '2030-01-31T12:00:00Z' }, everyMs: 2_000 } },
    ]);
  });

  it.each([
    ['--since', 'yesterday'],
    ['--since', '5'],
    ['--watch', '0'],
    ['--by', 'client'],
    ['--bucket', '5m'],
  ])('refuses %s %s, and says what it takes', async (option, value) => {
    expect(await run('stats', option, value)).toMatchObject({ code: 2, asked: [] });
  });
});

describe('eventops keys', () => {
  it('creates a key with what is named', async () => {
    const words = [
      '--permission',
      'events:write',
      '--permission',
      'events:read',
      '--source',
      'shop',
      '--source',
      'a b',
    ];
    expect(await run('keys', 'create', '--name', 'till', ...words, '--expires-at', 'soon')).toMatchObject({
      code: 0,
      asked: [
        {
          create: {
            ...{ name: 'till', permissions: ['events:write', 'events:read'], sources: ['shop', 'a b'] },
            expiresAt: 'soon',
          },
        },
      ],
    });
  });

  it('lists keys as a table, or as JSON', async () => {
    expect((await run('keys', 'list')).asked).toEqual([{ list: 'table' }]);
    expect((await run('keys', 'list', '-o', 'json')).asked).toEqual([{ list: 'json' }]);
  });

  it('revokes a key for a reason', async () => {
    const reason = 'it was sold';
    expect((await run('keys', 'revoke', id, '--reason', reason)).asked).toEqual([{ revoke: { id, reason } }]);
  });
});

describe('wrong use', () => {
  it.each([
    [['begin'], /unknown command 'begin'/],
    [['start', '--port', '1'], /unknown option '--port'/],
    [['start', '--roles'], /argument missing/],
    [['start', '--roles', ''], /no such role: an empty name; there are api/],
    [['start', '--roles', 'api,'], /no such role: an empty name; there are api/],
    [['start', '--roles', 'api,api'], /the same role more than once/],
    [['start', '--roles', 'api', '--roles', 'worker'], /given more than once/],
    [['token', '--role', 'Admin'], /no such role; there are admin, operator, auditor, viewer/],
    [['token', '--role', 'admin', '--role', 'viewer'], /given more than once/],
    [['token', '--subject', 'a', '--subject', 'b'], /given more than once/],
    [['token', '--scope', 'events:wirte'], /no such permission; there are events:read, events:write/],
    [['token', '--scope', 'events:read events:write'], /no such permission/],
    [['token', '--scope', ''], /no such permission/],
    [['token', '--subject', ''], /a name has 1 to 200 characters/],
    [['token', '--subject', 'a\u0000b'], /no control characters/],
    [['token', '--subject', 'a'.repeat(201)], /a name has 1 to 200 characters/],
    [['verify', 'one', 'two'], /too many arguments/],
    [['keys', 'create', '--permission', 'events:write'], /required option '--name <name>'/],
    [['keys', 'create', '--name', 'till', '--permission', 'all'], /no such permission; there are events:read/],
    [['keys', 'list', '-o', 'xml'], /Allowed choices are table, json/],
    [['keys', 'revoke', 'eo_x', '--reason', 'x'], /the id of a key is a UUID/],
    [['keys', 'revoke', id], /required option '--reason <reason>'/],
    [['keys'], /Usage: eventops keys/],
    [['similar', id, '--limit', '51'], /a whole number from 1 to 50/],
    [['trace'], /missing required argument 'id'/],
    [['trace', '../me'], /the id of an event is a UUID/],
    [['explain'], /missing required argument 'id'/],
    [['explain', '../me'], /the id of an event is a UUID/],
    [['failures', 'show', 'all'], /the id of a failure group is a UUID/],
    [['failures', 'list', '--status', 'closed'], /Allowed choices are open, resolved, returned/],
    [['failures', 'list', '--limit', '0'], /a whole number from 1 to 1000/],
    [['failures', 'resolve', id], /required option '--note <note>'/],
    [[], /Usage: eventops/],
  ])('%j ends with 2, says why and asks for nothing', async (words, says) => {
    const { code, asked, told } = await run(...words);
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(told).toMatch(says);
  });

  it('is not asking for help', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, asked: [] });
  });
});

describe('eventops audit', () => {
  it('prints the verifier key', async () => {
    expect(await run('audit', 'key')).toMatchObject({ code: 0, asked: ['audit key'] });
  });

  it("writes an event's receipt, to standard output or to a file", async () => {
    expect((await run('audit', 'receipt', id)).asked).toEqual([{ receipt: { id, file: null } }]);
    expect((await run('audit', 'receipt', id, '-o', 'r.json')).asked).toEqual([{ receipt: { id, file: 'r.json' } }]);
    for (const wrong of [[], ['x'], [id, '-o', ''], [id, '-o']])
      expect(await run('audit', 'receipt', ...wrong)).toMatchObject({ code: 2, asked: [] });
  });

  it('exports what is asked for, and refuses what is no time', async () => {
    const { asked } = await run('audit', 'export', '--since', '2030-01-01T00:00:00Z', '--source', 'shop', '-o', 'file');
    expect(asked).toEqual([
      { export: { since: '2030-01-01T00:00:00Z', source: 'shop', format: 'ndjson', output: 'file' } },
    ]);
    expect((await run('audit', 'export', '--since', 'yesterday')).code).toBe(2);
  });

  it('verifies by a policy or a key, not by both', async () => {
    const { asked } = await run('audit', 'verify', '-', '--key', 'k', '--checkpoint', 'one', '--checkpoint', 'two');
    expect(asked).toEqual([{ verify: { target: '-', key: 'k', checkpoints: ['one', 'two'] } }]);
    expect((await run('audit', 'verify', 'file', '--key', 'k', '--policy', 'p')).code).toBe(2);
    expect((await run('audit', 'verify')).code).toBe(2);
  });
});

describe('eventops witness', () => {
  it('is made in a folder, under a name', async () => {
    expect((await run('witness', 'init', 'w', '--name', 'w.example/w1')).asked).toEqual([
      { init: { folder: 'w', name: 'w.example/w1' } },
    ]);
    expect(await run('witness', 'init', 'w')).toMatchObject({ code: 2, asked: [] });
  });

  it('runs for the logs that are named', async () => {
    expect((await run('witness', 'start', 'w', '--log', 'a', '--log', 'b', '--port', '0')).asked).toEqual([
      { start: { folder: 'w', logs: ['a', 'b'], host: '127.0.0.1', port: 0 } },
    ]);
    for (const wrong of [['--log', 'a', '--port', '65536'], ['--log', 'a', '--port', 'x'], []])
      expect(await run('witness', 'start', 'w', ...wrong)).toMatchObject({ code: 2, asked: [] });
  });
});

describe('eventops projections', () => {
  it('requests a rebuild, and waits for it unless it is told not to', async () => {
    const given = ['projections', 'rebuild', 'events', '--reason', 'a row looks wrong'];
    const rebuild = { name: 'events', reason: 'a row looks wrong', wait: true, output: 'table' };
    expect(await run(...given)).toMatchObject({ code: 0, asked: [{ rebuild }] });
    expect((await run(...given, '--no-wait')).asked).toEqual([{ rebuild: { ...rebuild, wait: false } }]);
  });

  it.each(['compare', 'promote', 'rollback', 'cancel', 'drop'])('decides about one, with a reason: %s', async (act) => {
    expect((await run('projections', act, 'events')).code).toBe(2);
    expect((await run('projections', act, 'events', '--reason', 'seen')).asked).toEqual([
      { decide: { name: 'events', act, reason: 'seen', output: 'table' } },
    ]);
  });

  it('accepts differences for a promotion alone', async () => {
    const given = ['events', '--reason', 'seen', '--accept-differences'];
    expect((await run('projections', 'promote', ...given)).asked).toMatchObject([
      { decide: { acceptDifferences: true } },
    ]);
    expect((await run('projections', 'cancel', ...given)).code).toBe(2);
  });

  it('shows them all, or the last rebuild of one', async () => {
    expect((await run('projections', 'list', '-o', 'json')).asked).toEqual([{ listProjections: 'json' }]);
    expect((await run('projections', 'status', 'events')).asked).toEqual([
      { status: { name: 'events', watch: false, output: 'table' } },
    ]);
  });
});

describe('eventops projections repair', () => {
  it("asks for the repair of one event's rows, with a reason", async () => {
    expect((await run('projections', 'repair', id, '--reason', 'wrong')).asked).toEqual([
      { repair: { eventId: id, reason: 'wrong', output: 'table' } },
    ]);
    for (const wrong of [[id], ['x', '--reason', 'wrong']])
      expect(await run('projections', 'repair', ...wrong)).toMatchObject({ code: 2, asked: [] });
  });
});

describe('eventops explain and failures', () => {
  it('explains an event, once more where that is asked for', async () => {
    expect((await run('explain', id)).asked).toEqual([{ explain: { id, again: false, output: 'table' } }]);
    expect((await run('explain', id, '--again', '-o', 'json')).asked).toEqual([
      { explain: { id, again: true, output: 'json' } },
    ]);
  });

  it('lists failure groups, shows one, and resolves one with a note', async () => {
    expect((await run('failures', 'list')).asked).toEqual([{ listFailures: { limit: 50, output: 'table' } }]);
    const filters = ['--status', 'returned', '--handler', 'order.*', '--limit', '7'];
    expect((await run('failures', 'list', ...filters)).asked).toEqual([
      { listFailures: { status: 'returned', handler: 'order.*', limit: 7, output: 'table' } },
    ]);
    expect((await run('failures', 'show', id)).asked).toEqual([{ show: { id, output: 'table' } }]);
    const resolved = ['failures', 'resolve', id, '--note', 'more stock', '--handler-version', '2'];
    expect((await run(...resolved)).asked).toEqual([
      { resolve: { id, note: 'more stock', handlerVersion: '2', output: 'table' } },
    ]);
  });
});

const someId = '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d';

describe('eventops dlq', () => {
  it('lists and counts what the options let through', async () => {
    const options = [
      '--type',
      'order.placed',
      '--group',
      someId,
      '--reason',
      'poison',
      '--since',
      '2h',
      '--limit',
      '5',
    ];
    const request = { type: 'order.placed', group: someId, reason: 'poison', since: { agoMs: 7_200_000 }, limit: 5 };
    expect((await run('dlq', 'list', ...options)).asked).toEqual([{ list: { ...request, output: 'table' } }]);
    expect((await run('dlq', 'groups', '-o', 'json')).asked).toEqual([{ groups: { limit: 50, output: 'json' } }]);
    expect((await run('dlq', 'list', '--group', 'x')).code).toBe(2);
  });

  it('discards with a reason', async () => {
    expect((await run('dlq', 'discard', someId)).code).toBe(2);
    expect((await run('dlq', 'discard', someId, '--reason', 'a test')).asked).toEqual([
      { discard: { id: someId, reason: 'a test', output: 'table' } },
    ]);
  });
});

describe('eventops plans', () => {
  it('freezes what the options let through, or ids', async () => {
    const given = ['--dead-reason', 'poison', '--reason', 'it is back'];
    const create = { action: 'replay', ids: [], filter: { reason: 'poison' }, reason: 'it is back', output: 'table' };
    expect((await run('plans', 'create', ...given)).asked).toEqual([{ create }]);
    const ids = ['--ids', `${someId},${someId}`, '--action', 'discard', '--reason', 'r'];
    expect((await run('plans', 'create', ...ids)).asked).toMatchObject([
      { create: { action: 'discard', ids: [someId, someId], filter: {} } },
    ]);
    expect((await run('plans', 'create', '--type', 'a')).code).toBe(2);
    for (const filter of [
      ['--since', '2h'],
      ['--dead-reason', 'poison'],
    ])
      expect((await run('plans', 'create', '--ids', someId, '--reason', 'seen', ...filter)).code).toBe(2);
  });

  it('starts one by its rules', async () => {
    expect((await run('plans', 'start', someId, '--rate', '50', '--stop-share', '0.5', '--yes')).asked).toEqual([
      { startPlan: { id: someId, rate: 50, stopShare: 0.5, yes: true, wait: true, output: 'table' } },
    ]);
    for (const wrong of [
      ['--rate', 'x'],
      ['--stop-share', '2'],
      ['--stop-share', ''],
    ])
      expect((await run('plans', 'start', someId, ...wrong)).code).toBe(2);
  });

  it.each(['pause', 'resume', 'abort'])('operates one with a reason: %s', async (act) => {
    expect((await run('plans', act, someId)).code).toBe(2);
    expect((await run('plans', act, someId, '--reason', 'seen')).asked).toEqual([
      { operate: { id: someId, act, reason: 'seen', output: 'table' } },
    ]);
  });
});
