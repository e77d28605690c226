import { isIPv6 } from 'node:net';
import { CannotStart } from './cannot-start.ts';

/** The settings that say where something listens. */
export interface ListeningSettings {
  readonly host: string;
  readonly port: string;
}

/** @throws {CannotStart} with the setting that is at fault, and what to do about it. */
export async function listening<Listening>(
  settings: ListeningSettings,
  listen: () => Promise<Listening>,
): Promise<Listening> {
  try {
    return await listen();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const { setting, says, isWrongUse } = explanation(code, message, settings);
    throw new CannotStart(`${setting}: cannot listen: ${says}`, { isWrongUse, cause: error });
  }
}

function explanation(code: string, message: string, { host, port }: ListeningSettings) {
  switch (code) {
    case 'EADDRINUSE':
      return {
        setting: port,
        says: `another program listens there. End the other program, or give another ${port}`,
        isWrongUse: false,
      };
    case 'EACCES':
      return {
        setting: port,
        says: `this user may not listen there, as on ports below 1024. Give another ${port}, or the process the right to it`,
        isWrongUse: true,
      };
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return {
        setting: host,
        says: `this machine has no such address (${code}). Give ${host} one that it has, or 0.0.0.0 or :: for all of them`,
        isWrongUse: true,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return {
        setting: host,
        says: `no such name is known here (${code}). Give ${host} an address, such as 127.0.0.1`,
        isWrongUse: true,
      };
    default:
      return {
        setting: `${host}, ${port}`,
        says: `${message}. Give another ${host} or ${port}`,
        isWrongUse: false,
      };
  }
}

/** Where a program on this machine reaches what listens at `host`: on all addresses also means on loopback. */
export function reachableAt(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** The same as a URL: an IPv6 address is put in brackets, and its zone, as in fe80::1%eth0, encoded (RFC 6874). */
export function urlOf(host: string, port: number): string {
  const address = reachableAt(host);
  return `http://${isIPv6(address) ? `[${address.replace('%', '%25')}]` : address}:${port}`;
}

/** Whether what listens at `host` is reached from this machine alone. */
export const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
