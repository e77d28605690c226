import { aggregates } from './aggregates.ts';

/** The types of the transitions that are acts, of every aggregate. */
export const actTypes: readonly string[] = aggregates.flatMap(({ acts }) => acts);
