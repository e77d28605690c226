import { describe, expect, it } from 'vitest';
import { routes } from '../../src/api/routes/routes.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';

describe("the API's document", () => {
  it('is there without a token, and names each route of the server and no other', async () => {
    const { server, call } = apiUnderTest();
    const { paths } = (await call({ url: '/openapi.json', as: null })).json();
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path.replace('*', ':path')}`).sort(),
    );
    const printed = server.printRoutes({ commonPrefix: false, includeHooks: false });
    const served = [...printed.matchAll(/\((.*?)\)/g)].flatMap(([, methods]) => methods?.split(', ') ?? []);
    expect(served.filter((method) => method !== 'HEAD')).toHaveLength(documented.length);
  });
});
