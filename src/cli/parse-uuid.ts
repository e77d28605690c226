import { InvalidArgumentError } from 'commander';

/** Before anything is asked of the system; whether there is something under the id is judged there. */
export const parseUuid = (whatItIs: string) => (text: string) => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
  throw new InvalidArgumentError(whatItIs);
};
