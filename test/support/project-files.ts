import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What is never committed. */
const leftOut = new Set(['.git', 'node_modules', 'data', 'coverage', 'dist', '.demo', '.bench']);

/** Every file of the project under `folder`, as a path from the project's root. */
export function projectFiles(folder = '.'): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (leftOut.has(entry.name)) return [];
    if (entry.isDirectory()) return projectFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

export const projectFilesIn = (...folders: readonly string[]) =>
  folders.flatMap((folder) => projectFiles(folder)).filter((path) => path.endsWith('.ts'));

export const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
