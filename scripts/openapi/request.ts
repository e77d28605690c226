import { z } from 'zod';
import type { ZodOpenApiContentObject, ZodOpenApiOperationObject } from 'zod-openapi';
import type { Route, RouteBody } from '../../src/api/route.ts';

/** What `*` in a path is called in the document, where every parameter has a name. */
export const REST_OF_PATH = 'path';

/** Parameters and body. */
export function requestOf(route: Route): Pick<ZodOpenApiOperationObject, 'requestParams' | 'requestBody'> {
  const { params, query, headers, body } = route;
  return {
    requestParams: {
      ...(params === undefined ? {} : { path: z.object(named(params)) }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { header: z.object(headers) }),
    },
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
  };
}

const named = (params: NonNullable<Route['params']>) =>
  Object.fromEntries(Object.entries(params).map(([name, schema]) => [name === '*' ? REST_OF_PATH : name, schema]));

function contentOf({ content, takesBinaryCloudEvents }: RouteBody): ZodOpenApiContentObject {
  const entries = Object.entries(content).map(([type, { schema, example }]) => [type, { schema, example }]);
  const binary = z
    .unknown()
    .describe("A CloudEvent's data, in the binary mode: its attributes are the headers `ce-…`.");
  return Object.fromEntries([...entries, ...(takesBinaryCloudEvents === true ? [['*/*', { schema: binary }]] : [])]);
}
