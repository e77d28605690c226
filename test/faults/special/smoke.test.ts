import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWhole } from '../../support/faults/scale.ts';
import { missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';
import { run } from '../../support/processes/run.ts';

const script = fileURLToPath(new URL('../../../scripts/smoke.ts', import.meta.url));

describe.skipIf(!isWhole() || missingForFullProfile() !== null)('the smoke test of the full profile', () => {
  let profile: Awaited<ReturnType<typeof startFullProfile>>;
  beforeAll(async () => {
    profile = await startFullProfile({ api: 1, projector: 1, dispatcher: 1, worker: 1 });
  }, 240_000);
  afterAll(() => profile?.stop());

  it('passes over HTTP, with processes of their own for each role', async () => {
    const [url = ''] = profile.apiUrls();
    const handled = ['--type', 'load.smoke', '--payload', '{"number":1}'];
    const ran = await run('.', process.execPath, script, '--url', url, '--token', profile.token, ...handled);
    expect(ran.stdout).toContain('All 10 steps passed');
    expect(ran.code).toBe(0);
  }, 240_000);
});
