import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { guaranteesTable } from './guarantees-table.ts';
import { readCounts } from './read-counts.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    faults: {
      /** Where tests leave their counts. */
      readonly countsFolder: string;
      /** The part of the full counts that is to be done; 1 for all of it. */
      readonly scale: number;
      /** What random moments follow from, so that a run can be repeated. */
      readonly seed: number;
    };
  }
}

const PART = 0.05;

/** Gives the tests a folder for their counts, and ends the run with the table of guarantees. */
export default function setup(project: TestProject): () => void {
  const given = process.env['FAULTS_COUNTS'];
  const countsFolder = given ?? mkdtempSync(join(tmpdir(), 'eventops-counts-'));
  mkdirSync(countsFolder, { recursive: true });
  const scale = Number(process.env['FAULTS_SCALE'] ?? PART);
  const seed = Number(process.env['FAULTS_SEED'] ?? Math.floor(Math.random() * 1_000_000));
  if (!(scale > 0 && scale <= 1)) throw new Error('FAULTS_SCALE is a number above 0, and 1 for everything');
  if (!Number.isSafeInteger(seed)) throw new Error('FAULTS_SEED is a whole number');
  project.provide('faults', { countsFolder, scale, seed });
  return () => {
    // Whoever gave the folder wants to add up several runs.
    if (given !== undefined) return;
    const counts = readCounts(countsFolder);
    rmSync(countsFolder, { recursive: true });
    if (counts.length > 0) process.stdout.write(`\n${guaranteesTable(counts)}\n`);
  };
}
