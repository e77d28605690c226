import { inject } from 'vitest';
import type {} from './global-setup.ts';

/**
 * So many of what is done in full by `npm run test:faults`; a part of it in `npm test`, which every change has to pass.
 * At least one.
 */
export const scaled = (count: number) => Math.max(1, Math.round(count * inject('faults').scale));

/** Whether this is `npm run test:faults`: what takes minutes and has no smaller form is left to it. */
export const isWhole = () => inject('faults').scale === 1;
