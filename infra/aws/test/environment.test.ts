import { describe, expect, it } from 'vitest';
import { allRoles, type Role } from '../../../src/cli/program.ts';
import { readConfig, secretSettingNames, settingNames } from '../../../src/config/config.ts';
import { partsOfRole } from '../../../src/main/parts.ts';
import { unfitForProduction } from '../../../src/main/production.ts';
import { environmentOf, roles } from '../lib/environment.ts';
import { fargate, flat, ofType, singleHost } from './templates.ts';

const known = new Set([...settingNames, ...secretSettingNames.map((name) => `${name}_FILE`)]);
/** Of Node, for its temporary files. */
const notOurs = new Set(['TMPDIR']);

/** What a parameter or a resource may turn out to be. */
const plausible: Readonly<Record<string, string>> = {
  OidcIssuer: 'https://issuer.example',
  OidcAudience: 'eventops',
  AuditOrigin: 'eventops.example.com/audit',
};
const resolved = (value: unknown) =>
  flat(value).replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => plausible[name] ?? 'known-later');

function environmentsInFargate(): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  for (const [, { Properties }] of ofType(fargate, 'AWS::ECS::TaskDefinition'))
    for (const container of Properties['ContainerDefinitions'] as Record<string, unknown>[])
      if (container['Name'] === 'process')
        found.set(
          (container['Command'] as string[]).at(-1) ?? '',
          Object.fromEntries(
            (container['Environment'] as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
              Name,
              resolved(Value),
            ]),
          ),
        );
  return found;
}

function environmentsOnTheHost(): Map<string, Record<string, string>> {
  const files = Object.values(singleHost.resources).flatMap(({ Metadata }) => {
    const init = Metadata?.['AWS::CloudFormation::Init'] as { config: { files: Record<string, { content: unknown }> } };
    return init === undefined ? [] : [init.config.files];
  });
  const compose = files[0]?.['/opt/eventops/compose.json']?.content as {
    services: Record<string, { environment: Record<string, unknown>; command?: string[] }>;
  };
  return new Map(
    Object.entries(compose.services)
      .filter(([, { command }]) => command?.[0] === 'start')
      .map(([role, { environment }]) => [
        role,
        Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, resolved(value)])),
      ]),
  );
}

/** The same with URLs instead of files that are not here. */
const withUrls = ({ EVENTSTORE_URL_FILE, DATABASE_URL_FILE, AMQP_URL_FILE, ...rest }: Record<string, string>) => ({
  ...rest,
  ...(EVENTSTORE_URL_FILE === undefined ? {} : { EVENTSTORE_URL: 'esdb://admin:secret@log:2113?tls=true' }),
  ...(DATABASE_URL_FILE === undefined ? {} : { DATABASE_URL: 'postgres://eventops:secret@rows:5433/eventops' }),
  ...(AMQP_URL_FILE === undefined ? {} : { AMQP_URL: 'amqps://eventops:secret@broker:5671/' }),
});

describe.each([
  ['fargate', environmentsInFargate()],
  ['single-host', environmentsOnTheHost()],
])('the environment of processes in %s', (_, environments) => {
  it('is there for every role', () => {
    expect([...environments.keys()].toSorted()).toEqual([...allRoles].toSorted());
    expect([...roles].toSorted()).toEqual([...allRoles].toSorted());
  });

  it.each([...allRoles])('has for the role %s settings that exist, and nothing else', (role) => {
    const names = Object.keys(environments.get(role) ?? {});
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !known.has(name) && !notOurs.has(name))).toEqual([]);
  });

  it.each([...allRoles])('is what a process of the role %s can start with, in production', (role) => {
    const config = readConfig(withUrls(environments.get(role) ?? {}));
    expect(config.production).toBe(true);
    expect(unfitForProduction(config, [role])).toEqual([]);
    expect({
      log: config.eventStoreUrl !== null,
      'read tables': config.databaseUrl !== null,
      commands: config.amqpUrl !== null,
    }).toEqual({
      log: partsOfRole[role].includes('log'),
      'read tables': partsOfRole[role].includes('read tables'),
      commands: partsOfRole[role].includes('commands'),
    });
    expect(config.tracing).not.toBeNull();
  });

  it('finds a file for each secret that it names', () => {
    for (const [role, environment] of environments)
      for (const [name, file] of Object.entries(environment))
        if (name.endsWith('_FILE')) {
          const base = file.slice(file.lastIndexOf('/') + 1);
          expect(JSON.stringify([fargate.resources, singleHost.resources]), `${role}: ${name}`).toContain(base);
        }
  });
});

describe('the environment of a role', () => {
  const site = {
    ...{ nodeEnvironment: 'production', secrets: '/secrets', oidcIssuer: 'https://issuer.example' },
    ...{ oidcAudience: 'a', auditOrigin: 'o', collector: 'http://collector:4318', stackName: 's' },
  };
  it('says which settings a process has, and no secret itself', () => {
    for (const role of allRoles as readonly Role[])
      for (const name of Object.keys(environmentOf(role, site))) expect(secretSettingNames).not.toContain(name);
  });
});
