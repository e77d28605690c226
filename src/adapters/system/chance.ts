import { randomUUID } from 'node:crypto';
import type { Chance } from '../../application/ports/chance.ts';

export const systemChance: Chance = { uuid: () => randomUUID(), fraction: Math.random };
