import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type IsProxy, networkOf } from './addresses.ts';

export interface ConnectionLimits {
  readonly connections: number;
  readonly connectionsOfOneAddress: number;
  /** Beyond the limits, accepted only to be refused with an answer; what comes beyond these is not accepted at all. */
  readonly surplusConnections: number;
}

export interface Connections {
  /** Taken only for an answer that says that there are too many. */
  isSurplus(socket: Socket): boolean;
  open(): number;
}

/**
 * Caps a server's connections, in all and for each address of a client. Each costs a file descriptor, which the log and
 * the read tables need as well. At the cap, connections that are idle between two requests are closed to make room. A proxy
 * has connections for many clients, so all of them may be its own.
 */
export function capConnections(server: Server, limits: ConnectionLimits, isProxy: IsProxy = () => false): Connections {
  const { connections: most, connectionsOfOneAddress: mostOfOne, surplusConnections } = limits;
  const ofAddress = new Map<string, number>();
  const surplus = new WeakSet<Socket>();
  let open = 0;
  server.maxConnections = most + surplusConnections;
  server.on('connection', (socket) => {
    const { remoteAddress = '' } = socket;
    const address = isProxy(remoteAddress) ? null : networkOf(remoteAddress);
    const ofThisOne = address === null ? 0 : (ofAddress.get(address) ?? 0) + 1;
    if (address !== null) ofAddress.set(address, ofThisOne);
    open++;
    socket.once('close', () => {
      open--;
      if (address === null) return;
      const others = (ofAddress.get(address) ?? 0) - 1;
      if (others > 0) ofAddress.set(address, others);
      else ofAddress.delete(address);
    });
    if (open > most) server.closeIdleConnections();
    if (ofThisOne > mostOfOne + surplusConnections) socket.destroy();
    else if (open > most || ofThisOne > mostOfOne) surplus.add(socket);
  });
  return { isSurplus: (socket) => surplus.has(socket), open: () => open };
}

/** What the log, the read tables and everything else may need. An estimate, so half of the rest is left to them, too. */
const OTHER_FILES = 128;

/**
 * The limits for a process that may have `openFiles` files open.
 * @param openFiles `null` where the system does not say.
 */
export function connectionsWithin(openFiles: number | null, limits: ConnectionLimits): ConnectionLimits {
  if (openFiles === null) return limits;
  const most = Math.max(4, Math.floor((openFiles - OTHER_FILES) / 2));
  return {
    connections: Math.min(limits.connections, most),
    connectionsOfOneAddress: Math.min(limits.connectionsOfOneAddress, Math.ceil(most / 2)),
    surplusConnections: Math.min(limits.surplusConnections, Math.ceil(most / 8)),
  };
}
