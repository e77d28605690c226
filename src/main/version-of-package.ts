import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** Of EventOps, as its package says. */
export function versionOfPackage(): string {
  const path = findPackageJSON(import.meta.url);
  if (path === undefined) return 'unknown';
  const { version }: { readonly version?: string } = JSON.parse(readFileSync(path, 'utf8'));
  return version ?? 'unknown';
}
