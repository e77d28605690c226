import { z } from 'zod';
import type { ZodOpenApiContentObject, ZodOpenApiOperationObject } from 'zod-openapi';
import type { Route, RouteBody } from '../../src/api/route.ts';

/** Parameters and body. */
export function requestOf(route: Route): Pick<ZodOpenApiOperationObject, 'requestParams' | 'requestBody'> {
  const { params, query, headers, body } = route;
  return {
    requestParams: {
      ...(params === undefined ? {} : { path: z.object(params) }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { header: z.object(headers) }),
    },
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
  };
}

function contentOf({ content, takesBinaryCloudEvents }: RouteBody): ZodOpenApiContentObject {
  const entries = Object.entries(content).map(([type, { schema, example }]) => [type, { schema, example }]);
  const binary = z
    .unknown()
    .describe("A CloudEvent's data, in the binary mode: its attributes are the headers `ce-…`.");
  return Object.fromEntries([...entries, ...(takesBinaryCloudEvents === true ? [['*/*', { schema: binary }]] : [])]);
}
