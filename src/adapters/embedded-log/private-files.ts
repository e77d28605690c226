import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from './database/sqlite-error.ts';

/** What EventOps makes in a data folder. Whatever else is there belongs to others, and so may the folder itself. */
const OURS = /^(?:audit|backup\.sock|log\.|lock|read-tables|development-issuer\.jwk\.json|kept-)/;
/** What file systems make. */
const NOBODYS = new Set(['lost+found']);
const OTHERS = 0o077;

/**
 * Takes the rights of all other users from what we made in a data folder, and from the folder unless others keep things
 * in it. What is made from now on gets none from the process' umask.
 * @returns what others can still read and why, for an operator; `null` when that is nothing.
 */
export function makePrivate(folder: string): string | null {
  if (process.platform === 'win32') return null;
  try {
    const names = readdirSync(folder);
    const others = names.filter((name) => !OURS.test(name) && !NOBODYS.has(name));
    for (const name of names.filter((each) => OURS.test(each))) takeRights(join(folder, name));
    if (others.length === 0) narrow(folder, 0o700);
    else if ((lstatSync(folder).mode & OTHERS) !== 0)
      return `${folder} may be entered by others, and stays so, because it holds ${others[0]}, which is not ours: give EventOps a folder of its own`;
    return null;
  } catch (error) {
    return `${folder} may be read by others, and that cannot be changed: ${messageOf(error)}`;
  }
}

/** Links are left alone: what they lead to may be anything. */
function takeRights(path: string): void {
  const found = lstatSync(path);
  if (found.isDirectory()) {
    narrow(path, 0o700);
    for (const name of readdirSync(path)) takeRights(join(path, name));
  } else if (found.isFile()) narrow(path, 0o600);
}

function narrow(path: string, mode: number): void {
  if ((lstatSync(path).mode & OTHERS) !== 0) chmodSync(path, mode);
}
