import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SettingsInvalid } from './config.ts';
import { readSecretFile } from './read-secret-file.ts';

/** What a profile may say: where a system is, and what commands are let in with there. */
const named = ['EVENTOPS_URL', 'EVENTOPS_TOKEN', 'EVENTOPS_TOKEN_FILE'];

/**
 * The environment with what a profile says in place of the same settings. A profile is a file of lines `NAME=value` in
 * `$XDG_CONFIG_HOME/eventops`, or `~/.config/eventops`, for this user alone, because it holds a token.
 * @param profile `null` for the environment as it is.
 * @throws {SettingsInvalid} never with anything that the file holds.
 */
export function environmentOf(profile: string | null, environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  if (profile === null) return environment;
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(profile)) throw invalid('a name has 1 to 64 characters of A-Z a-z 0-9 _ . -');
  const { XDG_CONFIG_HOME: folder } = environment;
  const file = join(folder !== undefined && folder !== '' ? folder : join(homedir(), '.config'), 'eventops', profile);
  const others = Object.entries(environment).filter(([name]) => !named.includes(name));
  return { ...Object.fromEntries(others), ...readProfile(file) };
}

function readProfile(file: string): Readonly<Record<string, string>> {
  const problem = problemOf(file);
  if (problem !== null) throw invalid(problem);
  const { content, problem: unread } = readSecretFile(file);
  if (content === null) throw invalid(`${file}: ${unread}`);
  const settings: Record<string, string> = {};
  for (const [index, line] of content.split('\n').entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at)).trim();
    if (!named.includes(name)) throw invalid(`${file}, line ${index + 1}: not one of ${named.join(', ')}, and =`);
    settings[name] = text.slice(at + 1);
  }
  return settings;
}

function problemOf(file: string): string | null {
  try {
    const { mode, uid } = statSync(file);
    // Windows has no such modes, and gives files of a user to that user alone.
    if (process.getuid === undefined) return null;
    if (uid !== process.getuid()) return `${file} belongs to another user`;
    return (mode & 0o077) === 0 ? null : `others may read or write ${file}, which holds a token: chmod 600 ${file}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? `there is no ${file}; make it for yourself alone, with lines EVENTOPS_URL=… and EVENTOPS_TOKEN=…`
      : `${file} cannot be read (${code})`;
  }
}

const invalid = (problem: string) => new SettingsInvalid([`--profile: ${problem}`]);
