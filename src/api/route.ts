import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { z } from 'zod';
import type { RouteDependencies } from './dependencies.ts';
import { readFields } from './intake/fields.ts';
import { type Reading, refused } from './intake/json-document.ts';
import { withPayloadFilters } from './intake/payload-filters.ts';
import type { MediaType } from './media-types.ts';
import { refusalToLookIntoPayloads } from './payload-fields.ts';
import type { Access } from './permissions.ts';
import { sendProblem } from './plugins/problems.ts';
import type { ProblemCode } from './problem-details.ts';
import { problemsOf } from './route-problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route says about itself. A route without it stops the start. */
    route?: Route;
  }
}

/** What a route takes in its body. */
export interface RouteBody {
  /** Each media type that is taken, with what has to be in it. */
  readonly content: Readonly<Partial<Record<MediaType, { readonly schema: z.ZodType; readonly example: unknown }>>>;
  /** Any other type, too, when the headers are those of a CloudEvent, whose data the body is then. */
  readonly takesBinaryCloudEvents?: true;
  /** The limit of its size. */
  readonly mostBytes: 'bodyBytes' | 'batchBodyBytes';
  /** The memory that each byte takes while it is worked on. */
  readonly memoryPerByte: 'memoryPerBodyByte' | 'memoryPerBatchByte';
}

export interface RouteAnswer {
  readonly description: string;
  /** JSON; absent where there is none. */
  readonly body?: { readonly schema: z.ZodType; readonly example: unknown };
  /** The media types of a body that is not JSON. */
  readonly text?: readonly (`text/${string}` | 'application/octet-stream' | 'application/x-ndjson')[];
  readonly headers?: Readonly<Record<string, z.ZodType>>;
}

type Fields = Readonly<Record<string, z.ZodType>>;

/** All that can be said of a route without running it. The document of the API is written from it. */
export interface RouteDeclaration<Query extends z.ZodObject = z.ZodObject> {
  /** A name of its own, in camelCase: clients that are generated call their function so. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description: string;
  readonly access: Access;
  /** What begins work again, hands much out, or changes who may do what, and is limited to fewer requests. */
  readonly countsAs?: 'act';
  /** The answer goes on until one side ends it. */
  readonly isEndless?: true;
  /** Parameters in the path, `*` for all that is left of it. What cannot be one is answered like one that is unknown. */
  readonly params?: Fields;
  /** Checked before the handler is called. Without it, the query is not looked at. */
  readonly query?: Query;
  readonly headers?: Fields;
  readonly body?: RouteBody;
  /** By status, what is no problem. */
  readonly answers: Readonly<Partial<Record<200 | 201 | 202 | 304, RouteAnswer>>>;
  /** What the route itself may refuse with. {@link defineRoute} adds what every route of its kind may. */
  readonly problems: readonly ProblemCode[];
}

type Answered = FastifyReply | Promise<FastifyReply>;

interface RouteDefinition<Query extends z.ZodObject> extends RouteDeclaration<Query> {
  /** Called once for each server. Answers are sent as they are, and held against the declaration in tests alone. */
  readonly handler: (
    dependencies: RouteDependencies,
  ) => (request: FastifyRequest, reply: FastifyReply, query: z.output<Query>) => Answered;
}

export interface Route extends RouteDeclaration {
  readonly handlerFor: (dependencies: RouteDependencies) => RouteHandlerMethod;
}

/** The only way to make a route. */
export function defineRoute<Query extends z.ZodObject>({ handler, ...declaration }: RouteDefinition<Query>): Route {
  const { query } = declaration;
  return {
    ...declaration,
    problems: problemsOf(declaration),
    handlerFor(dependencies) {
      const answer = handler(dependencies);
      if (query === undefined) return (request, reply) => answer(request, reply, {} as z.output<Query>);
      return (request, reply) => {
        const given = readQuery(query, request);
        return given.ok ? answer(request, reply, given.value) : sendProblem(reply, given.problem);
      };
    },
  };
}

function readQuery<Query extends z.ZodObject>(schema: Query, request: FastifyRequest): Reading<z.output<Query>> {
  const query = request.query as Readonly<Record<string, unknown>>;
  const read = 'payload' in schema.shape ? withPayloadFilters(query) : ({ ok: true, value: query } as const);
  if (!read.ok) return read;
  const given = readFields(schema, read.value, ['query']);
  if (!given.ok || !Array.isArray(read.value['payload'])) return given;
  const refusal = refusalToLookIntoPayloads(request);
  return refusal === null ? given : refused(refusal);
}

export function addRoute(server: FastifyInstance, route: Route, dependencies: RouteDependencies): void {
  const { method, path: url, body } = route;
  server.route({
    ...{ method, url, config: { route }, handler: route.handlerFor(dependencies) },
    ...(body === undefined ? {} : { bodyLimit: dependencies.limits[body.mostBytes] }),
  });
}
