import type { DestinationStream } from 'pino';

/** Needed for development alone, so it is not installed with the package; and no import that a bundler would follow. */
const PRETTIFIER = 'pino-pretty';

interface Prettifier {
  prettyFactory(options: object): (line: object) => string;
}

/** What a terminal would obey; JSON has it escaped, and whoever reads the line as text has not. */
const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const obeyedInStacks = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Lines for a person at a terminal, in colours. What clients and handlers wrote cannot move the cursor or forge a line.
 * @returns `to` as it is, where the package for it is not installed.
 */
export async function readableLines(to: DestinationStream, name = PRETTIFIER): Promise<DestinationStream> {
  const prettifier = await load(name);
  if (prettifier === null) return to;
  const pretty = prettifier.prettyFactory({ colorize: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'role' });
  return { write: (line) => to.write(pretty(JSON.parse(line, harmless))) };
}

async function load(name: string): Promise<Prettifier | null> {
  try {
    return (await import(name)) as Prettifier;
  } catch {
    return null;
  }
}

const harmless = (name: string, value: unknown) =>
  typeof value === 'string' ? value.replaceAll(name === 'stack' ? obeyedInStacks : obeyed, '\u{FFFD}') : value;
