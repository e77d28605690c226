import type { Clock } from '../../application/ports/clock.ts';
import { revision } from '../../application/ports/event-log.ts';
import { within } from '../../application/within.ts';
import type { Connect, Connection } from './connection.ts';
import type { EndPoint } from './parse-address.ts';
import { readingStream } from './read-requests.ts';
import { receive } from './receive.ts';

/** Asking the nodes of a cluster, one after the other, which of them leads has deadlines of its own, one for each node. */
const DISCOVERY_DEADLINE_MS = 30_000;
const CANARY_DEADLINE_MS = 5_000;
/** A stream that is never written. Reading it takes a leader that is ready and lets us in. */
const CANARY = 'eventops-canary';

/** A connection through which a canary went. @throws the driver's errors, also as soon as `ending` aborts. */
export async function openConnection(
  { connect, clock }: { readonly connect: Connect; readonly clock: Clock },
  leader: EndPoint | null,
  ending: AbortSignal,
): Promise<{ readonly connection: Connection; readonly serverVersion: string }> {
  const connecting = connect(leader);
  try {
    const connection = await within(clock, DISCOVERY_DEADLINE_MS, connecting, ending);
    const canary = receive(connection.read(readingStream(CANARY, revision(0))), () => 'enough');
    const answers = Promise.all([connection.serverVersion(), canary]);
    const [serverVersion] = await within(clock, CANARY_DEADLINE_MS, answers, ending);
    return { connection, serverVersion };
  } catch (error) {
    connecting.then(
      (connection) => connection.close(),
      () => {},
    );
    throw error;
  }
}
