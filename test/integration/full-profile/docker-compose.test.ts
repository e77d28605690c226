import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../src/config/config.ts';

interface Compose {
  readonly services: Readonly<Record<string, { readonly environment?: NodeJS.ProcessEnv }>>;
}

/** The compose file as the tool understands it, or why there is no such tool. */
function understood(): { readonly text: string } | { readonly missing: string } {
  for (const [command, ...args] of [['docker-compose'], ['docker', 'compose']] as const)
    try {
      return {
        text: execFileSync(command, [...args, 'config'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
      };
    } catch (error) {
      const { code, stderr } = error as NodeJS.ErrnoException & { readonly stderr?: string };
      if (code !== 'ENOENT' && !/unknown (command|shorthand)/.test(stderr ?? '')) throw error;
    }
  return { missing: 'neither docker-compose nor docker compose is installed (apt-get install docker-compose)' };
}

const compose = understood();
const text = 'text' in compose ? compose.text : 'services: {}';
if ('missing' in compose) process.stdout.write(`skipped: tests of docker-compose.yml, because ${compose.missing}\n`);

describe.skipIf('missing' in compose)('docker-compose.yml', () => {
  const { services } = parse(text) as Compose;
  const settings = (service: string) => services[service]?.environment ?? {};

  it('has every role and every server', () => {
    for (const name of [
      'api',
      'projector',
      'dispatcher',
      'worker',
      'anchor',
      'explainer',
      'eventstore',
      'postgres',
      'rabbitmq',
    ])
      expect(Object.keys(services)).toContain(name);
  });

  it.each(['api', 'projector', 'dispatcher', 'worker', 'anchor', 'explainer'])(
    'gives the %s settings that it takes',
    (role) => {
      const { eventStoreUrl, databaseUrl, amqpUrl } = readConfig(settings(role));
      expect([eventStoreUrl, databaseUrl, amqpUrl].filter((url) => url === null)).toEqual([]);
    },
  );
});
