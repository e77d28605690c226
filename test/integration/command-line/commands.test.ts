import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningEventOps, runEventOps } from '../../support/processes/running-eventops.ts';

const eventops = fileURLToPath(new URL('../../../bin/eventops', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'eventops-commands-'));
let system: RunningEventOps | null = null;

beforeAll(async () => {
  const handlersFile = join(folder, 'eventops.config.ts');
  writeFileSync(handlersFile, "export default { handlers: { 'order.placed': { handle: () => null } } };\n");
  system = await runEventOps({ dataFolder: join(folder, 'data'), handlersFile, env: { HANDLER_ISOLATION: 'none' } });
  mkdirSync(join(folder, 'eventops'));
  const profile = join(folder, 'eventops', 'here');
  writeFileSync(profile, `EVENTOPS_URL=${system.url}\nEVENTOPS_TOKEN=${system.token}\n`);
  chmodSync(profile, 0o600);
}, 240_000);

afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true });
});

/** As a user types it: a line of a shell, in which `$E` is the command with a profile. */
function shell(line: string, input = ''): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn('bash', ['-c', line], {
    env: { ...process.env, E: eventops, XDG_CONFIG_HOME: folder, DATA_DIR: join(folder, 'data') },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

const idOf = (text: string) => (JSON.parse(text) as { readonly id: string }).id;
const here = '--profile here';

describe('the command line', () => {
  it('sends an event once under one key, and waits for its end', async () => {
    const send = `$E send --type order.placed --source shop --data '{"orderId":"A-1"}' --key one -o json ${here}`;
    const [first, again] = [await shell(send), await shell(send)];
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(idOf(again.out)).toBe(idOf(first.out));
    const waited = await shell(`$E wait ${idOf(first.out)} ${here}`);
    expect(waited).toMatchObject({ code: 0, out: expect.stringContaining('is PROCESSED') });
    const { out } = await shell(`$E history ${idOf(first.out)} -o ndjson ${here}`);
    const transitions = out.trimEnd().split('\n');
    expect(transitions.map((line) => JSON.parse(line).type)).toEqual([
      'EventReceived',
      'ProcessingStarted',
      'ProcessingSucceeded',
    ]);
  });

  it('sends lines, names those that are refused, and finds what died of the others', async () => {
    const lines = ['{"type":"a.b","source":"s","payload":1}', '{"type":"a b","source":"s","payload":2}', ''].join('\n');
    const sent = await shell(`$E send - --ndjson -o ndjson ${here}`, lines);
    expect(sent).toMatchObject({ code: 1, err: expect.stringContaining('Line 2: refused (400)') });
    expect(await shell(`$E wait ${idOf(sent.out)} ${here}`)).toMatchObject({
      code: 1,
      out: expect.stringContaining('is DEAD'),
    });
  });

  it('shows the last transitions, and those that follow', async () => {
    const follow = shell(`timeout 60 $E tail -f -n 2 -o ndjson ${here} | head -n 4`);
    const posts = shell(`for n in 1 2; do $E send --type order.placed --source shop --data $n ${here}; done`);
    const { out } = await follow;
    const positions = out
      .trimEnd()
      .split('\n')
      .map((line) => Number(JSON.parse(line).position));
    expect(positions.toSorted((one, other) => one - other)).toEqual(positions);
    expect(new Set(positions).size).toBe(4);
    await posts;
  });

  it('lists into a reader that leaves', async () => {
    expect(await shell(`set -o pipefail; $E list -o ndjson ${here} | head -n 1 | wc -l`)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^\s*1\n$/),
    });
  });

  it('says that nothing is wrong, and what is when nothing runs', async () => {
    const sound = await shell(`EVENTOPS_CONFIG=${join(folder, 'eventops.config.ts')} $E doctor -o json ${here}`);
    const findings: readonly { readonly check: string; readonly state: string }[] = JSON.parse(sound.out);
    expect(findings.filter(({ state }) => state === 'wrong')).toEqual([]);
    for (const check of ['settings', 'log', 'disk', 'clock of the system', 'token'])
      expect(findings).toContainEqual(expect.objectContaining({ check, state: 'ok' }));
    const alone = await shell('EVENTOPS_URL=http://127.0.0.1:9 $E doctor');
    expect(alone).toMatchObject({ code: 1, out: expect.stringContaining('no answer from http://127.0.0.1:9') });
  });

  it.each(['bash', 'zsh', 'fish'])('completes in %s, where there is one', async (name) => {
    const { code, err } = await shell(
      `$E completion ${name} > ${folder}/c; ! command -v ${name} || ${name} -n ${folder}/c`,
    );
    expect({ code, err: err.replaceAll(/^\/.*$/gm, '').trim() }).toEqual({ code: 0, err: '' });
  });
});
