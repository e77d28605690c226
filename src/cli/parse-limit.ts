import { InvalidArgumentError } from 'commander';

/** How many of a list, as an option gives it: from 1 to `highest`. */
export const parseLimit =
  (highest: number) =>
  (text: string): number => {
    const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (limit < 1 || limit > highest) throw new InvalidArgumentError(`a whole number from 1 to ${highest}`);
    return limit;
  };
