import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { createOidcAuthenticator } from '../../../src/adapters/oidc/oidc-authenticator.ts';
import { allPermissions, permissionsOfRoles } from '../../../src/api/permissions.ts';
import { readConfig } from '../../../src/config/config.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { issuerUnderTest, NOW } from '../../support/oidc/issuer-under-test.ts';
import { textOf } from '../../support/project-files.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

interface Mapper {
  readonly protocolMapper: string;
  readonly config: Readonly<Record<string, string>>;
}
interface Realm {
  readonly realm: string;
  readonly roles: { readonly realm: readonly { readonly name: string }[] };
  readonly clientScopes: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly protocolMappers?: readonly Mapper[];
  }[];
  readonly clients: readonly {
    readonly clientId: string;
    readonly publicClient: boolean;
    readonly serviceAccountsEnabled: boolean;
    readonly directAccessGrantsEnabled: boolean;
    readonly implicitFlowEnabled: boolean;
    readonly redirectUris: readonly string[];
    readonly attributes?: Readonly<Record<string, string>>;
    readonly defaultClientScopes: readonly string[];
  }[];
  readonly users: readonly { readonly username: string; readonly realmRoles: readonly string[] }[];
}

const realm: Realm = JSON.parse(textOf('containers/keycloak/realm.json'));
const compose = parse(textOf('docker-compose.yml'), { merge: true });
const { api, keycloak } = compose.services;
const settings = Object.fromEntries(
  textOf('containers/keycloak/oidc.env')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('=', 2) as [string, string]),
);
const config = readConfig(settings);
const issuer = new URL(config.oidcIssuer ?? '');

const mappersOf = (scopes: readonly string[], kind: string) =>
  scopes
    .map((name) => realm.clientScopes.find((scope) => scope.name === name))
    .flatMap((scope) => scope?.protocolMappers ?? [])
    .filter(({ protocolMapper, config: { 'access.token.claim': isInTokens } }) => {
      return protocolMapper === kind && isInTokens === 'true';
    })
    .map((mapper) => mapper.config);

const people = realm.clients.filter(({ publicClient }) => publicClient);
const machines = realm.clients.filter(({ serviceAccountsEnabled }) => serviceAccountsEnabled);

describe('the compose profile oidc', () => {
  it('starts the provider in that profile alone, with the realm', () => {
    expect(keycloak.profiles).toEqual(['oidc']);
    expect(keycloak.command).toContain('--import-realm');
    expect(keycloak.volumes).toEqual(['./containers/keycloak/realm.json:/opt/keycloak/data/import/realm.json:ro']);
  });

  it('has the provider under one name and port, for the containers and for this machine', () => {
    expect(keycloak.environment.KC_HOSTNAME).toBe(issuer.origin);
    expect(keycloak.networks.default.aliases).toEqual([issuer.hostname]);
    expect(keycloak.ports).toEqual([`127.0.0.1:${issuer.port}:8080`]);
    expect(issuer.port).toBe('8080');
    expect(issuer.hostname).toMatch(/\.localhost$/);
    expect(issuer.pathname).toBe(`/realms/${realm.realm}`);
  });

  it('hands each of its settings to the API, which takes development tokens without them', () => {
    for (const name of Object.keys(settings)) expect(api.environment[name]).toMatch(new RegExp(`^\\$\\{${name}:-`));
    const without = Object.fromEntries(
      Object.keys(settings).map((name) => [name, /:-(.*)\}$/.exec(api.environment[name])?.[1]]),
    );
    expect(readConfig(without)).toMatchObject({
      ...{ oidcIssuer: null, oidcAudience: 'eventops', oidcRolesClaim: 'roles' },
    });
  });
});

describe('the realm', () => {
  it('has the roles of EventOps, and no other', () => {
    const roles = realm.roles.realm.map(({ name }) => name);
    expect(roles.sort()).toEqual([...permissionsOfRoles().keys()].sort());
  });

  it('has three people with one role each, and a machine', () => {
    expect(realm.users.map(({ realmRoles }) => realmRoles)).toEqual([['viewer'], ['operator'], ['admin']]);
    expect(people).toHaveLength(1);
    expect(machines).toHaveLength(1);
  });

  it('puts a subject and the audience in the tokens of every client', () => {
    for (const { clientId, defaultClientScopes } of realm.clients) {
      const audiences = mappersOf(defaultClientScopes, 'oidc-audience-mapper');
      expect([clientId, audiences.map((each) => each['included.custom.audience'])]).toEqual([
        clientId,
        [config.oidcAudience],
      ]);
      expect(mappersOf(defaultClientScopes, 'oidc-sub-mapper')).toHaveLength(1);
    }
  });

  it('puts the roles of people where the settings say, and the permission of the machine into the scope', () => {
    for (const { defaultClientScopes } of people) {
      const [roles] = mappersOf(defaultClientScopes, 'oidc-usermodel-realm-role-mapper');
      expect(roles).toMatchObject({ 'claim.name': config.oidcRolesClaim, multivalued: 'true' });
    }
    for (const { defaultClientScopes } of machines) {
      const inToken = realm.clientScopes
        .filter(({ name }) => defaultClientScopes.includes(name))
        .filter(({ attributes }) => attributes['include.in.token.scope'] === 'true');
      expect(inToken.map(({ name }) => name)).toEqual(['events:write']);
      expect(allPermissions).toContain('events:write');
    }
  });

  it('has every scope that a client names', () => {
    const scopes = realm.clientScopes.map(({ name }) => name);
    for (const { defaultClientScopes } of realm.clients)
      for (const scope of defaultClientScopes) expect(scopes).toContain(scope);
  });

  it('takes codes with PKCE alone, back to the API of this machine', () => {
    for (const { redirectUris, attributes, directAccessGrantsEnabled, implicitFlowEnabled } of people) {
      expect(attributes?.['pkce.code.challenge.method']).toBe('S256');
      expect([directAccessGrantsEnabled, implicitFlowEnabled]).toEqual([false, false]);
      expect(redirectUris.length).toBeGreaterThan(0);
      for (const uri of redirectUris) {
        expect(uri).not.toContain('*');
        expect(['127.0.0.1:8000', 'localhost:8000']).toContain(new URL(uri).host);
      }
    }
    for (const { redirectUris } of machines) expect(redirectUris).toEqual([]);
  });

  it('makes tokens that these settings understand, as far as it describes them', async () => {
    const provider = await issuerUnderTest();
    const discovery = `${issuer.pathname}/.well-known/openid-configuration`;
    const keys = `${issuer.origin}/jwks`;
    const body = JSON.stringify({ issuer: config.oidcIssuer, jwks_uri: keys });
    provider.answers.set(discovery, { status: 200, body });
    const authenticator = createOidcAuthenticator({
      ...{ issuer: config.oidcIssuer ?? '', audience: config.oidcAudience, http: provider.http },
      ...{ clock: manualClock(NOW), logger: silentLogger },
      claimNames: { roles: config.oidcRolesClaim, client: config.oidcClientClaim },
    });
    onTestFinished(() => authenticator.stop());
    const common = { iss: config.oidcIssuer, aud: config.oidcAudience, typ: 'Bearer' };
    const ofPerson = { ...common, azp: people[0]?.clientId, realm_access: { roles: ['operator'] } };
    expect(await authenticator.authenticate(await provider.token(ofPerson, { typ: 'JWT' }))).toMatchObject({
      ...{ clientId: 'console', roles: ['operator'] },
    });
    const ofMachine = { ...common, azp: machines[0]?.clientId, scope: 'events:write' };
    expect(await authenticator.authenticate(await provider.token(ofMachine, { typ: 'JWT' }))).toMatchObject({
      ...{ clientId: 'shop-backend', roles: [], scopes: ['events:write'] },
    });
  });
});
