import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { CannotStart } from '../../../src/main/cannot-start.ts';
import { openParts } from '../../../src/main/open-parts.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

/** Of a log that is away, which is no reason not to start. */
const servers = { EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false', DATABASE_URL: 'postgres://127.0.0.1:1/events' };

it.each([
  ['EVENTSTORE_URL', 'esdb://somebody:s3cret@host:x', /needs hosts written as/],
  ['EVENTSTORE_URL', 'esdb://somebody:s3cret@host?tlsCAFile=/missing.pem', /cannot be read: \/missing\.pem$/],
  [
    'DATABASE_URL',
    'postgres://somebody:s3cret@host/events?sslrootcert=/missing.pem',
    /cannot be read: \/missing\.pem$/,
  ],
  ['AMQP_URL', 'amqp://somebody:s3cret%ff@host', /has a % that begins no percent-encoding$/],
  ['DATABASE_URL', 'postgres://somebody:s3cret%ff@host/events', /cannot be read/],
])('%s that cannot be used keeps the process from starting, and is not repeated: %s', async (setting, url, says) => {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-urls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = readConfig({ ...servers, DATA_DIR: folder, [setting]: url });
  const roles = setting === 'AMQP_URL' ? (['worker'] as const) : (['api'] as const);
  const failure = await openParts({ config, roles, logger: silentLogger }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CannotStart);
  expect(failure).toMatchObject({ isWrongUse: true, message: expect.stringMatching(says) });
  expect((failure as CannotStart).message).toMatch(new RegExp(`^Wrong settings:\n  ${setting}: the URL of`));
  expect((failure as CannotStart).message).not.toContain('s3cret');
});
