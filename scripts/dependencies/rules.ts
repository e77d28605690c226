import type { IForbiddenRuleType } from 'dependency-cruiser';

/** Every folder of src is one of these, and each has something in it: a rule about an empty layer guards nothing. */
export const layers = ['domain', 'application', 'projections', 'api', 'worker', 'adapters', 'config', 'main', 'cli'];

/** A package as dependency-cruiser resolves it, wherever node_modules is. */
const packages = (...names: readonly string[]) => `(^|/)node_modules/(${names.join('|')})/`;

/** The one place that knows a driver; everyone else knows a port. */
const homes: Readonly<Record<string, { readonly driver: string; readonly home: string }>> = {
  'eventstore-has-one-home': {
    driver: packages('@eventstore/[^/]+', '@kurrent/[^/]+'),
    home: '^src/adapters/eventstoredb/',
  },
  'amqplib-has-one-home': { driver: packages('amqplib'), home: '^src/adapters/rabbitmq/' },
  'postgres-has-one-home': {
    driver: packages('pg', 'pg-[^/]+', '@electric-sql/[^/]+'),
    home: '^src/adapters/postgres/',
  },
  'sqlite-has-three-homes': {
    driver: '^(node:)?sqlite$',
    home: '^src/adapters/(embedded-log|stream-heads|witness-store)/',
  },
  'jose-has-one-home': { driver: packages('jose'), home: '^src/adapters/[^/]+/' },
  'fastify-has-one-home': { driver: packages('fastify', 'fastify-[^/]+', '@fastify/[^/]+'), home: '^src/api/' },
  'kysely-has-two-homes': { driver: packages('kysely'), home: '^src/(projections|adapters/postgres)/' },
  'opentelemetry-has-one-home': { driver: packages('@opentelemetry/[^/]+'), home: '^src/adapters/tracing/' },
  'openai-has-one-home': { driver: packages('openai'), home: '^src/adapters/openai/' },
  'gemini-has-one-home': { driver: packages('@google/generative-ai'), home: '^src/adapters/gemini/' },
  'aws-sdk-has-one-home': { driver: packages('@aws-sdk/[^/]+'), home: '^src/adapters/tree-bucket/' },
  'commander-has-one-home': { driver: packages('commander'), home: '^src/cli/' },
};

const layerRules: readonly IForbiddenRuleType[] = [
  {
    name: 'domain-is-pure',
    comment: 'The domain says what may happen. It imports itself and zod: no other layer, no package, nothing of Node.',
    from: { path: '^src/domain/' },
    to: { pathNot: ['^src/domain/', packages('zod')] },
  },
  {
    name: 'aggregates-are-apart',
    comment: 'What one aggregate needs to know of another comes to it in a command.',
    from: { path: '^src/domain/([^/]+)/' },
    to: { path: '^src/domain/[^/]+/', pathNot: '^src/domain/$1/' },
  },
  {
    name: 'application-knows-ports-only',
    comment:
      'Use cases run on ports: the domain, computation without effects, no driver and nothing of Node but hashes.',
    from: { path: '^src/application/' },
    to: {
      pathNot: ['^src/(application|domain)/', packages('zod', 'canonicalize'), '^(node:)?crypto$'],
    },
  },
  {
    name: 'adapters-are-apart',
    comment:
      'An adapter implements a port for one outside system. It knows the ports and how files are written, and no other adapter.',
    from: { path: '^src/adapters/([^/]+)/' },
    to: { path: '^src/', pathNot: ['^src/(application|domain)/', '^src/adapters/($1|files)/'] },
  },
  {
    name: 'only-main-imports-adapters',
    comment: 'Which adapter stands behind a port is decided in the composition root.',
    from: { path: '^src/', pathNot: '^src/(main|adapters)/' },
    to: { path: '^src/adapters/' },
  },
  {
    name: 'adapters-of-servers-are-loaded-when-needed',
    comment: 'Settings choose among them, and a process loads the drivers of those that were chosen.',
    from: { path: '^src/main/' },
    to: {
      path: '^src/adapters/(eventstoredb|rabbitmq|postgres|tracing|openai|gemini|tree-bucket)/',
      // It asks what is current, and has nothing of OpenTelemetry but types.
      pathNot: '^src/adapters/tracing/current-trace\\.ts$',
      dynamic: false,
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'siblings-are-apart',
    comment:
      'API, worker, projections and cli meet in the log. The one way across: the API asks queries of read models.',
    from: { path: '^src/(api|worker|projections|cli)/' },
    to: { path: '^src/(api|worker|projections|cli)/', pathNot: ['^src/$1/', '^src/projections/[^/]+/queries\\.ts$'] },
  },
  {
    name: 'only-the-api-asks-queries',
    comment: 'The arrow across to queries is for the API alone.',
    from: { path: '^src/(worker|cli)/' },
    to: { path: '^src/projections/' },
  },
  {
    name: 'drivers-live-in-adapters',
    comment: 'Worker and projections reach outside systems through ports, so that both run in a simulation.',
    from: { path: '^src/(worker|projections)/' },
    to: { path: '(^|/)node_modules/', pathNot: packages('zod', 'kysely') },
  },
  {
    name: 'read-models-are-apart',
    comment: 'A read model is a function of the log, so that each can be rebuilt alone.',
    from: { path: '^src/projections/([^/]+)/' },
    to: { path: '^src/projections/[^/]+/', pathNot: '^src/projections/$1/' },
  },
  {
    name: 'nobody-imports-main',
    comment: 'The composition root is the end of every arrow.',
    from: { path: '^src/', pathNot: '^src/main/' },
    to: { path: '^src/main/' },
  },
  {
    name: 'only-main-reads-config',
    comment: 'Settings reach everyone else as plain arguments.',
    from: { path: '^src/', pathNot: '^src/(main|config)/' },
    to: { path: '^src/config/' },
  },
  {
    name: 'config-stands-alone',
    comment: 'Settings are read before anything else is there.',
    from: { path: '^src/config/' },
    to: { path: '^src/', pathNot: '^src/config/' },
  },
];

const hygiene: readonly IForbiddenRuleType[] = [
  {
    name: 'src-stands-without-its-tests',
    comment: 'What runs does not need what tests, measures or shows it.',
    from: { path: '^src/' },
    to: { path: '^(test|bench|examples|scripts|console|infra)/' },
  },
  {
    name: 'src-needs-declared-packages',
    comment: 'What runs needs packages that are installed with it.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no-cycles',
    comment: 'Two modules that need each other are one module, or three.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'Nothing leads to it and it leads to nothing: it is left over.',
    from: { orphan: true },
    to: {},
  },
  {
    name: 'everything-resolves',
    comment: 'An arrow to nowhere escapes every other rule.',
    from: {},
    to: { couldNotResolve: true },
  },
];

/** The dependency rules of docs/adr/0010. By pattern, never by list: a new slice is guarded from its first file on. */
export const rules: readonly IForbiddenRuleType[] = [
  ...layerRules,
  ...Object.entries(homes).map(([name, { driver, home }]) => ({
    name,
    comment: 'A driver is known in its home only, so that it can be exchanged there.',
    from: { path: '^src/', pathNot: home },
    to: { path: driver },
  })),
  ...hygiene,
].map((rule) => ({ ...rule, severity: 'error' }));
