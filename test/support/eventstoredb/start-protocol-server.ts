import { readFileSync } from 'node:fs';
import type { ServerCertificate } from '../tls/certificates.ts';
import { Connections } from './connections.ts';
import type { Faults } from './faults/fault.ts';
import { FaultBoard } from './faults/fault-board.ts';
import { switchesOf } from './faults/switches.ts';
import { LOOPBACK } from './listen-on-loopback.ts';
import { Database } from './log/database.ts';
import { limitCalls } from './rpc/call-slots.ts';
import { OpenSubscriptions } from './rpc/open-subscriptions.ts';
import { sendTogether } from './rpc/send-together.ts';
import type { ServerContext } from './rpc/server-context.ts';
import { addServices } from './rpc/services.ts';
import { grpc } from './stubs.ts';

export interface ProtocolServerOptions {
  /** Where the log is kept. Made where it is missing; held by one server at a time. */
  readonly folder: string;
  /** A free one by default. */
  readonly port?: number;
  /** Without it, no TLS. */
  readonly tls?: ServerCertificate | undefined;
}

export interface ProtocolServer {
  /** A connection string for the client. */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** Bytes of a write that a crash left unfinished and that were cut off at the start; they were never confirmed. */
  readonly cutOffBytes: number;
  /** Cuts all connections, makes durable what was accepted, and lets go of the folder. A second call does nothing. */
  stop(): Promise<void>;
  /** The same without making anything durable, as far as a process can do that to itself. */
  kill(): Promise<void>;
}

const LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Starts a server that speaks EventStoreDB's protocol on a port of the loopback interface. */
export async function startProtocolServer({ folder, port = 0, tls }: ProtocolServerOptions): Promise<ProtocolServer> {
  const database = new Database(folder);
  const server = new grpc.Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
    interceptors: [limitCalls(), sendTogether()],
  });
  const injector = server.createConnectionInjector(credentials(tls));
  const connections = new Connections(injector, { isSecure: tls !== undefined });
  let listensOn: number;
  try {
    listensOn = await connections.listen(port);
  } catch (error) {
    database.abandon();
    throw error;
  }
  const context: ServerContext = {
    database,
    faults: new FaultBoard(),
    subscriptions: new OpenSubscriptions(),
    self: { host: LOOPBACK, port: listensOn },
  };
  addServices(server, context);
  const end = endOnce(async (how) => {
    const closed = connections.close();
    server.forceShutdown();
    await closed;
    if (how === 'stop') await database.close();
    else database.abandon();
  });
  return {
    url: `esdb://${LOOPBACK}:${listensOn}?tls=${tls !== undefined}`,
    port: listensOn,
    faults: switchesOf(context, connections),
    cutOffBytes: database.cutOffBytes,
    stop: () => end('stop'),
    kill: () => end('kill'),
  };
}

function credentials(tls: ServerCertificate | undefined) {
  if (tls === undefined) return grpc.ServerCredentials.createInsecure();
  const [certificate, key] = [readFileSync(tls.certificate), readFileSync(tls.key)];
  return grpc.ServerCredentials.createSsl(null, [{ cert_chain: certificate, private_key: key }]);
}

function endOnce(end: (how: 'stop' | 'kill') => Promise<void>) {
  let ended: Promise<void> | undefined;
  return (how: 'stop' | 'kill'): Promise<void> => {
    ended ??= end(how);
    return ended;
  };
}
