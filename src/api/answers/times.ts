import { z } from 'zod';

export const time = z.iso.datetime({ precision: 3 });

export const times = 'Times are in UTC, with milliseconds.';
