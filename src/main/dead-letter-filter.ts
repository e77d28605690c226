import type { DeadLetterOptions } from '../cli/dead-letter-options.ts';

/** The filter that the API takes, of the options that a command was given. */
export function filterOf({ group, since, ...others }: DeadLetterOptions): Readonly<Record<string, string | number>> {
  const diedAfter = since && ('at' in since ? since.at : new Date(Date.now() - since.agoMs).toISOString());
  const given = Object.entries({ ...others, failureGroup: group, diedAfter });
  return Object.fromEntries(given.filter((entry): entry is [string, string | number] => entry[1] !== undefined));
}
