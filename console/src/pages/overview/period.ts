import { readTexts } from '../../app/search.ts';

/** What a bucket of the statistics is called, where sixty of them are shown. */
export const periods = { '1m': 'the last hour', '1h': 'the last 60 hours', '1d': 'the last 60 days' } as const;

export type Bucket = keyof typeof periods;

export const bucketMs: Readonly<Record<Bucket, number>> = { '1m': 60_000, '1h': 3_600_000, '1d': 86_400_000 };

export interface Period {
  readonly bucket?: Bucket;
}

export const readPeriod = (search: Record<string, unknown>): Period => readTexts(search);
