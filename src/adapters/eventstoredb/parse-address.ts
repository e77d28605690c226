import { ServerUrlInvalid } from '../../application/failures.ts';

/** One node of EventStoreDB. */
export interface EndPoint {
  readonly address: string;
  readonly port: number;
}

/** Where the log is, and who we are there. */
export interface Address {
  /** Scheme, hosts and ports. All that is ever said about where the log is: the rest may be secret. */
  readonly label: string;
  readonly endPoints: readonly EndPoint[];
  /** The end points are asked which node is the leader; otherwise the only one is used. */
  readonly discover: boolean;
  /** `null` for a server without TLS. */
  readonly tls: { readonly caFile?: string; readonly certificateFile?: string; readonly keyFile?: string } | null;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  readonly options: AddressOptions;
}

interface AddressOptions {
  readonly connectionName: string;
  readonly nodePreference: 'leader' | 'follower' | 'random' | 'read_only_replica';
  readonly maxDiscoverAttempts: number;
  /** Milliseconds. */
  readonly discoveryInterval: number;
  /** Seconds. */
  readonly gossipTimeout: number;
  /** Milliseconds; -1 for never. Two intervals without an answer end a connection whose other end is gone. */
  readonly keepAliveInterval: number;
  readonly keepAliveTimeout: number;
}

const DEFAULT_PORT = 2113;

/**
 * The client tries discovery ten times, waits 5 s for a node, and notices a half-open connection after 20 s by
 * default. We come back by ourselves, with backoff, and so need to know sooner.
 */
const DEFAULTS: AddressOptions = {
  connectionName: 'eventops',
  nodePreference: 'leader',
  maxDiscoverAttempts: 1,
  discoveryInterval: 100,
  gossipTimeout: 2,
  keepAliveInterval: 5_000,
  keepAliveTimeout: 5_000,
};

const withoutEffect: Readonly<Record<string, string>> = {
  tlsverifycert: 'is not supported by the client; name the authority that signed the certificate with tlsCAFile',
  throwonappendfailure: 'has no effect here',
  defaultdeadline: 'has no effect here',
};

/** `kurrentdb` is what the server's newer name made of `esdb`; both mean the same. */
const form = /^((?:esdb|kurrentdb)(\+discover)?):\/\/([^/?]*)\/?(?:\?(.*))?$/s;

/**
 * Reads a connection string of EventStoreDB
 * (https://docs.kurrent.io/clients/grpc/getting-started.html#connection-string). Not by the client's own reader: that one
 * cuts passwords off at a colon, prints the whole string, password and all, when it does not know an option, and keeps
 * it in its errors.
 * @throws {ServerUrlInvalid} without repeating the string, which may hold a password.
 */
export function parseAddress(text: string): Address {
  const [, scheme, discover, authority = '', query = ''] = form.exec(text.trim()) ?? [];
  if (scheme === undefined)
    throw wrong('must look like esdb://host:2113 or esdb+discover://host:2113 (kurrentdb means esdb)');
  const at = authority.lastIndexOf('@');
  const hosts = authority.slice(at + 1);
  const endPoints = hosts.split(',').map(parseEndPoint);
  const options = parseOptions(query);
  const isCluster = discover !== undefined || endPoints.length > 1;
  return {
    label: `${scheme}://${endPoints.map(({ address, port }) => `${address}:${port}`).join(',')}`,
    endPoints,
    discover: isCluster,
    credentials: at < 0 ? null : parseCredentials(authority.slice(0, at)),
    ...options,
  };
}

const wrong = (problem: string) => new ServerUrlInvalid(`the URL of EventStoreDB ${problem}`);

function parseEndPoint(text: string): EndPoint {
  const [, address, port = String(DEFAULT_PORT)] = /^([^:@\s[\]]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (address === undefined || Number(port) > 65_535 || Number(port) === 0)
    throw wrong('needs hosts written as name or name:port, separated by commas');
  return { address, port: Number(port) };
}

function parseCredentials(text: string): { readonly username: string; readonly password: string } {
  const colon = text.indexOf(':');
  if (colon < 1) throw wrong('needs user:password before the @');
  return { username: decoded(text.slice(0, colon)), password: decoded(text.slice(colon + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong('has a % that begins no percent-encoding');
  }
}

function parseOptions(query: string): Pick<Address, 'tls' | 'options'> {
  const given = new Map<string, string>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    // The client's names differ in case and dashes between its languages; all mean the same.
    given.set(name.toLowerCase().replaceAll(/[_-]/g, ''), equals < 0 ? '' : decoded(pair.slice(equals + 1)));
    refuseWithoutEffect(name);
  }
  const take = (name: string) => {
    const value = given.get(name.toLowerCase());
    given.delete(name.toLowerCase());
    return value;
  };
  const files = { caFile: take('tlsCAFile'), certificateFile: take('userCertFile'), keyFile: take('userKeyFile') };
  const isInsecure = oneOf('tls', take('tls') ?? 'true', ['true', 'false']) === 'false';
  const options = {
    connectionName: take('connectionName') ?? DEFAULTS.connectionName,
    nodePreference: oneOf('nodePreference', camelToSnake(take('nodePreference')) ?? DEFAULTS.nodePreference, [
      'leader',
      'follower',
      'random',
      'read_only_replica',
    ]),
    maxDiscoverAttempts: wholeNumber('maxDiscoverAttempts', take, 1),
    discoveryInterval: wholeNumber('discoveryInterval', take, 0),
    gossipTimeout: wholeNumber('gossipTimeout', take, 1),
    keepAliveInterval: wholeNumber('keepAliveInterval', take, -1),
    keepAliveTimeout: wholeNumber('keepAliveTimeout', take, -1),
  };
  const [unknown] = given.keys();
  if (unknown !== undefined) throw wrong(`has an unknown option: ${unknown}`);
  return { tls: isInsecure ? null : Object.fromEntries(Object.entries(files).filter(([, file]) => file)), options };
}

function refuseWithoutEffect(name: string): void {
  const reason = withoutEffect[name.toLowerCase().replaceAll(/[_-]/g, '')];
  if (reason !== undefined) throw wrong(`has the option ${name}, which ${reason}`);
}

const camelToSnake = (text: string | undefined) => text?.replaceAll(/(?<=[a-z])[A-Z]/g, (c) => `_${c}`).toLowerCase();

function oneOf<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw wrong(`has an option ${name} that is none of ${choices.join(', ')}`);
  return found;
}

function wholeNumber(
  name: Exclude<keyof AddressOptions, 'connectionName' | 'nodePreference'>,
  take: (name: string) => string | undefined,
  lowest: number,
): number {
  const value = take(name);
  if (value === undefined) return DEFAULTS[name];
  if (!/^-?\d{1,9}$/.test(value) || Number(value) < lowest)
    throw wrong(`has an option ${name} that is not a number from ${lowest} on`);
  return Number(value);
}
