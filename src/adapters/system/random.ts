import { randomUUID } from 'node:crypto';
import type { Random } from '../../application/ports/random.ts';

export const systemRandom: Random = { uuid: () => randomUUID(), fraction: Math.random };
