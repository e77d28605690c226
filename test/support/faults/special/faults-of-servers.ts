import type { FaultySystem } from './faulty-system.ts';
import type { Fault } from './live-through.ts';

export interface ServerFault extends Omit<Fault, 'test'> {
  /** A relative clause on the server. */
  readonly that: string;
}

export const servers = { rabbitMq: 'RabbitMQ', postgres: 'PostgreSQL', log: 'the log' } as const;
export type Server = keyof typeof servers;

const STOPPED_MS = 30_000;
/** Longer than heartbeats, keepalives and deadlines take to notice. */
const SILENT_MS = 30_000;
const ALARM_MS = 10_000;
/** An append is sent again several times before its client gets the answer that nothing is known. */
const UNANSWERED_MS = 30_000;

const stopped = (server: Server): ServerFault => ({
  that: 'is stopped',
  begin: (system) => system.servers[server].stop(),
  lastsMs: STOPPED_MS,
  perSecond: 100,
  end: (system) => system.servers[server].start(),
});

const frozen = (server: Server): ServerFault => ({
  that: 'is frozen',
  begin: (system) => system.servers[server].freeze(),
  lastsMs: SILENT_MS,
  end: (system) => system.servers[server].thaw(),
});

const behindSilence = (server: Server): ServerFault => ({
  that: 'is behind a network that swallows everything for a while',
  begin: ({ networks }) => networks[server].swallow(),
  lastsMs: SILENT_MS,
  end: ({ networks }) => networks[server].heal(),
});

const cutOff = (server: Server): ServerFault => ({
  ...behindSilence(server),
  that: 'is behind a network that swallows everything and then cuts every connection',
  end: ({ networks }) => {
    networks[server].cut();
    networks[server].heal();
  },
});

const outOfMemory: ServerFault = {
  that: 'is out of memory',
  begin: async ({ servers: { rabbitMq } }) => {
    // It takes connections a moment before it takes commands.
    await rabbitMq.control('await_startup');
    await rabbitMq.control('set_vm_memory_high_watermark', 'absolute', '1');
  },
  lastsMs: ALARM_MS,
  end: ({ servers: { rabbitMq } }) => rabbitMq.control('set_vm_memory_high_watermark', '0.6'),
};

const unanswering: ServerFault = {
  that: 'writes what it is sent and never answers',
  begin: ({ servers: { log } }: FaultySystem) => log.faults.set({ fault: 'lose-reply' }),
  lastsMs: UNANSWERED_MS,
  end: ({ servers: { log } }) => log.faults.lift('lose-reply'),
};

/** The faults of each server, one after the other. */
export const faultsOf: Readonly<Record<Server, readonly ServerFault[]>> = {
  rabbitMq: [stopped('rabbitMq'), outOfMemory, frozen('rabbitMq'), cutOff('rabbitMq')],
  postgres: [stopped('postgres'), frozen('postgres'), cutOff('postgres')],
  log: [stopped('log'), frozen('log'), behindSilence('log'), unanswering],
};
