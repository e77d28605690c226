import { Aws } from 'aws-cdk-lib';
import type { Role } from '../../../src/cli/program.ts';
import { COLLECTOR_IMAGE, METRICS_PORT } from './collector.ts';
import { environmentOf, roles, type Site } from './environment.ts';
import { DATA_FOLDER, SECRETS_FOLDER } from './machine.ts';

export const EVENTSTORE_IMAGE = 'eventstore/eventstore:24.10.14';
const RABBITMQ_IMAGE = 'rabbitmq:4.1.5-management';
/** Where containers find them. */
export const SECRETS_IN_CONTAINER = '/run/secrets';

/** On the machine itself, for the collector: one for each role. */
export const metricsPortOf = (role: Role): number => METRICS_PORT + 1 + roles.indexOf(role);

const filesOf: Readonly<Record<Role, readonly string[]>> = {
  api: ['eventstore-url', 'database-url'],
  projector: ['eventstore-url', 'database-url'],
  dispatcher: ['eventstore-url', 'database-url', 'amqp-url'],
  worker: ['eventstore-url', 'amqp-url'],
  anchor: ['eventstore-url', 'database-url', 'audit-key.pem'],
  explainer: ['eventstore-url', 'database-url'],
};

interface Given {
  readonly image: string;
  readonly site: Site;
  readonly logGroup: string;
}

/** What docker-compose.yml has, with the database outside, TLS to the log, and secrets as files. */
export function composeOf({ image, site, logGroup }: Given): object {
  const common = { restart: 'unless-stopped', security_opt: ['no-new-privileges:true'], logging: logsTo(logGroup) };
  const secret = (file: string, at = `${SECRETS_IN_CONTAINER}/${file}`) => `${SECRETS_FOLDER}/${file}:${at}:ro`;
  const authority = secret('authorities/log.pem', `${SECRETS_IN_CONTAINER}/log-authority.pem`);
  const process = (role: Role) => ({
    ...common,
    image,
    init: true,
    read_only: true,
    cap_drop: ['ALL'],
    tmpfs: ['/tmp'],
    stop_grace_period: '30s',
    command: ['start', '--roles', role],
    environment: environmentOf(role, site),
    extra_hosts: ['collector:host-gateway'],
    volumes: [
      ...filesOf[role].map((file) => secret(file)),
      authority,
      ...(filesOf[role].includes('database-url') ? [secret('database-authority.pem')] : []),
      // The key of development tokens, where there is no issuer.
      ...(role === 'api' ? [`${DATA_FOLDER}/keys:/data`] : []),
    ],
    ports: [`127.0.0.1:${metricsPortOf(role)}:${METRICS_PORT}`, ...(role === 'api' ? ['8000:8000'] : [])],
  });
  return {
    services: {
      ...Object.fromEntries(roles.map((role) => [role, process(role)])),
      eventstore: {
        ...common,
        image: EVENTSTORE_IMAGE,
        env_file: [`${SECRETS_FOLDER}/eventstore.env`],
        environment: {
          EVENTSTORE_CLUSTER_SIZE: '1',
          EVENTSTORE_RUN_PROJECTIONS: 'None',
          EVENTSTORE_NODE_IP: '0.0.0.0',
          EVENTSTORE_CERTIFICATE_FILE: `${SECRETS_IN_CONTAINER}/log-node.pem`,
          EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE: `${SECRETS_IN_CONTAINER}/log-node-key.pem`,
          EVENTSTORE_TRUSTED_ROOT_CERTIFICATES_PATH: `${SECRETS_IN_CONTAINER}/authorities`,
        },
        volumes: [
          `${DATA_FOLDER}/log:/var/lib/eventstore`,
          secret('log-node.pem'),
          secret('log-node-key.pem'),
          secret('authorities'),
        ],
        stop_grace_period: '60s',
      },
      rabbitmq: {
        ...common,
        image: RABBITMQ_IMAGE,
        // Its data is filed under its host's name.
        hostname: 'rabbitmq',
        volumes: [
          `${DATA_FOLDER}/commands:/var/lib/rabbitmq`,
          secret('rabbitmq.conf', '/etc/rabbitmq/conf.d/20-eventops.conf'),
        ],
        stop_grace_period: '30s',
      },
      // Beside the machine's own programs, where the machine's role is to be had.
      collector: {
        ...common,
        image: COLLECTOR_IMAGE,
        network_mode: 'host',
        read_only: true,
        command: ['--config=/etc/collector.json'],
        volumes: ['/opt/eventops/collector.json:/etc/collector.json:ro'],
        mem_limit: '512m',
      },
    },
  };
}

/** Without waiting: a process goes on when CloudWatch does not answer. */
const logsTo = (logGroup: string) => ({
  driver: 'awslogs',
  options: { 'awslogs-region': Aws.REGION, 'awslogs-group': logGroup, tag: '{{.Name}}', mode: 'non-blocking' },
});
