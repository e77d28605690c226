import { readTexts } from '../../app/search.ts';

/** As of when an event is shown; neither is now. */
export interface Moment {
  readonly asOf?: string;
  readonly asOfPosition?: string;
}

export const readMoment = (search: Record<string, unknown>): Moment => readTexts(search);

export const isNow = ({ asOf, asOfPosition }: Moment): boolean => asOf === undefined && asOfPosition === undefined;
