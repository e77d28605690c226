import { describe, expect, it } from 'vitest';
import { allRoles, type Role } from '../../../src/cli/program.ts';
import { readConfig } from '../../../src/config/config.ts';
import { CannotStart } from '../../../src/main/cannot-start.ts';
import { checkRoles } from '../../../src/main/check-roles.ts';
import { textOf } from '../../support/project-files.ts';

const servers = {
  EVENTSTORE_URL: 'esdb://log.example:2113',
  DATABASE_URL: 'postgres://user:s3cret@tables.example/events',
  AMQP_URL: 'amqp://user:s3cret@broker.example/',
};

/** Why the roles cannot be run with these settings; `null` when they can. */
function refusal(roles: readonly Role[], environment: NodeJS.ProcessEnv): string | null {
  try {
    checkRoles(readConfig(environment), roles);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(CannotStart);
    return (error as Error).message;
  }
}

describe('roles', () => {
  it('may all be in one process, wherever each part is', () => {
    for (const [name, url] of Object.entries(servers)) expect(refusal(allRoles, { [name]: url })).toBeNull();
    expect(refusal(allRoles, {})).toBeNull();
  });

  it.each(allRoles)('may be apart when all parts are in servers: %s', (role) => {
    expect(refusal([role], servers)).toBeNull();
  });

  it.each([
    ['api', ['EVENTSTORE_URL', 'DATABASE_URL']],
    ['projector', ['EVENTSTORE_URL', 'DATABASE_URL']],
    ['dispatcher', ['EVENTSTORE_URL', 'DATABASE_URL', 'AMQP_URL']],
    ['worker', ['EVENTSTORE_URL', 'AMQP_URL']],
    ['anchor', ['EVENTSTORE_URL', 'DATABASE_URL']],
    ['explainer', ['EVENTSTORE_URL', 'DATABASE_URL']],
  ] as const)('need servers for what they share with others: %s', (role, needed) => {
    const named = (refusal([role], {}) ?? '').match(/[A-Z]+_URL(?=: missing)/g);
    expect(named).toEqual(needed);
    const { [needed[0]]: _, ...others } = servers;
    expect(refusal([role], others)).toMatch(`${needed[0]}: missing`);
    expect(refusal([role], others)).not.toContain('s3cret');
  });

  it.each([
    ['development tokens', 'OIDC_ISSUER', {}],
    ['a key of the audit in the data folder', 'AUDIT_KEY_FILE', {}],
    ['an issuer over http', 'OIDC_ISSUER', { OIDC_ISSUER: 'http://issuer.example' }],
    ['a log without TLS', 'EVENTSTORE_URL', { EVENTSTORE_URL: 'esdb://log.example:2113?tls=false' }],
    ['the first password of EventStoreDB', 'EVENTSTORE_URL', { EVENTSTORE_URL: 'esdb://admin:changeit@log.example' }],
    [
      'a log whose certificate is not looked at',
      'EVENTSTORE_URL',
      { EVENTSTORE_URL: 'esdb://l.example?tlsVerifyCert=false' },
    ],
    [
      'the password of PostgreSQL in docker-compose.yml',
      'DATABASE_URL',
      { DATABASE_URL: 'postgres://eventops:eventops@x/e' },
    ],
    ['the password of an example', 'DATABASE_URL', { DATABASE_URL: 'postgres://eventops:p%61ssword@x/e' }],
    ['the password of RabbitMQ in docker-compose.yml', 'AMQP_URL', { AMQP_URL: 'amqp://eventops:eventops@x/e' }],
    ['the user guest of RabbitMQ', 'AMQP_URL', { AMQP_URL: 'amqp://guest:guest@broker.example' }],
    ['the user guest, as it is when none is named', 'AMQP_URL', { AMQP_URL: 'amqp://broker.example' }],
  ])('are not started in production with %s', (_, name, environment) => {
    const production = {
      ...{ OIDC_ISSUER: 'https://issuer.example', AUDIT_KEY_FILE: '/run/secrets/key.pem' },
      ...{ ...servers, NODE_ENV: 'production' },
    };
    expect(refusal(allRoles, production)).toBeNull();
    const { [name as 'OIDC_ISSUER']: _one, ...base } = production;
    expect(refusal(allRoles, { ...base, ...environment })).toContain(`${name}: `);
    expect(refusal(allRoles, { ...base, ...environment, NODE_ENV: 'development' })).toBeNull();
  });

  it('are not started in production with any default for development, and every one is named (S5)', () => {
    const everything = {
      ...{ NODE_ENV: 'production', EVENTSTORE_URL: 'esdb://admin:changeit@log.example?tls=false' },
      ...{
        DATABASE_URL: 'postgres://eventops:password@tables.example/events',
        AMQP_URL: 'amqp://guest:guest@broker.example',
      },
    };
    const problems = (refusal(allRoles, everything) ?? '').split('\n').slice(1);
    expect(problems.map((problem) => problem.trim().split(':')[0])).toEqual([
      ...['OIDC_ISSUER', 'AUDIT_KEY_FILE', 'EVENTSTORE_URL', 'AMQP_URL'],
      ...['EVENTSTORE_URL', 'DATABASE_URL', 'AMQP_URL'],
    ]);
    for (const secret of ['changeit', 'eventops:password', 'guest@']) expect(problems.join()).not.toContain(secret);
  });

  it('have no passwords in examples that production takes', () => {
    const shown = [textOf('.env.example'), textOf('docker-compose.yml').replaceAll(/\$\{\w+:-(\w+)\}/g, '$1')].join(
      '\n',
    );
    const urls = [...shown.matchAll(/\b(EVENTSTORE_URL|DATABASE_URL|AMQP_URL)[=:] ?(\S+:\S+@\S+)/g)];
    expect(urls).toHaveLength(4);
    for (const [, name = '', url] of urls)
      expect(refusal(allRoles, { ...servers, NODE_ENV: 'production', [name]: url }), url).toContain(
        `${name}: holds a password`,
      );
  });
});
