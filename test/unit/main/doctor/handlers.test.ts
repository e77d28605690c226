import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtHandlers } from '../../../../src/main/doctor/look-at-machine.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eventops-doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function found(name: string, text?: string) {
  const handlersFile = join(folder, name);
  if (text !== undefined) await writeFile(handlersFile, text);
  return (await lookAtHandlers({ handlersFile })).map(({ state, found: what }) => [state, what.replace(folder, '')]);
}

describe('the doctor on handlers', () => {
  it('says how many there are, which are wrong, and that none are there', async () => {
    const handler = '{ handle: async () => {} }';
    expect(await found('good.mjs', `export default { handlers: { a: ${handler}, 'b.*': ${handler} } };`)).toEqual([
      ['ok', '/good.mjs has 2'],
    ]);
    expect(await found('wrong.mjs', `export default { handlers: { a: { handle: 1, retri: {} } } };`)).toEqual([
      ['wrong', expect.stringContaining('/wrong.mjs: handlers["a"].handle: must be a function')],
      ['wrong', expect.stringContaining('handlers["a"].retri: no such key')],
    ]);
    expect(await found('broken.mjs', 'export default {')).toEqual([
      ['wrong', expect.stringContaining('the file cannot be loaded')],
    ]);
    expect(await found('absent.mjs')).toEqual([['warning', 'there is no /absent.mjs']]);
  });
});
