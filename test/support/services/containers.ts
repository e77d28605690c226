import { GenericContainer, Wait } from 'testcontainers';
import type { ServiceName, SharedInstance } from './shared-instances.ts';

const USER = 'eventops';
const PASSWORD = 'of-a-test-container';

/** For machines without the binaries. Loaded only where Docker runs. */
export function startContainer(service: ServiceName): Promise<SharedInstance> {
  return service === 'PostgreSQL' ? startPostgres() : startRabbitMq();
}

async function startPostgres(): Promise<SharedInstance> {
  const container = await new GenericContainer('pgvector/pgvector:pg17')
    .withEnvironment({ POSTGRES_USER: USER, POSTGRES_PASSWORD: PASSWORD })
    .withExposedPorts(5432)
    // The first start is for the set-up alone.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start();
  return {
    isolate: async (name) => {
      await succeed(container.exec(['psql', '-U', USER, '-c', `create database "${name}"`]));
      return `postgres://${USER}:${PASSWORD}@${container.getHost()}:${container.getMappedPort(5432)}/${name}`;
    },
    stop: async () => void (await container.stop()),
  };
}

async function startRabbitMq(): Promise<SharedInstance> {
  const container = await new GenericContainer('rabbitmq:4')
    .withEnvironment({ RABBITMQ_DEFAULT_USER: USER, RABBITMQ_DEFAULT_PASS: PASSWORD })
    .withExposedPorts(5672)
    .withWaitStrategy(Wait.forLogMessage(/Server startup complete/))
    .start();
  return {
    isolate: async (name) => {
      await succeed(container.exec(['rabbitmqctl', 'add_vhost', name]));
      await succeed(container.exec(['rabbitmqctl', 'set_permissions', '-p', name, USER, '.*', '.*', '.*']));
      return `amqp://${USER}:${PASSWORD}@${container.getHost()}:${container.getMappedPort(5672)}/${name}`;
    },
    stop: async () => void (await container.stop()),
  };
}

async function succeed(execution: Promise<{ readonly exitCode: number; readonly output: string }>): Promise<void> {
  const { exitCode, output } = await execution;
  if (exitCode !== 0) throw new Error(output);
}
