import type { OutputForm } from '../../cli/output-forms.ts';
import { type Config, SettingsInvalid } from '../../config/config.ts';
import { print } from '../results-of-commands.ts';
import { plain } from '../terminal-text.ts';
import { versionOfPackage } from '../version-of-package.ts';
import { type Finding, ok, wrong } from './finding.ts';
import { lookAtDataFolder, lookAtHandlers, lookAtPostgres, lookAtVersions } from './look-at-machine.ts';
import { lookAtSystem } from './look-at-system.ts';

/** A checklist of what could be wrong. Exit code 1 when anything is. */
export async function examine(readConfig: () => Config, { output }: { readonly output: OutputForm }): Promise<void> {
  const findings = await findingsOf(readConfig);
  await print(output === 'json' ? `${JSON.stringify(findings)}\n` : drawFindings(findings));
  if (findings.some(({ state }) => state === 'wrong')) process.exitCode = 1;
}

async function findingsOf(readConfig: () => Config): Promise<readonly Finding[]> {
  const versions = lookAtVersions(versionOfPackage());
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof SettingsInvalid)) throw error;
    const advice = 'correct it; docs/operating.md, Settings. The rest is looked at when the settings are right';
    return [...versions, ...error.problems.map((problem) => wrong('settings', problem, advice))];
  }
  return [
    ...versions,
    ok('settings', 'all are valid'),
    ...(await lookAtHandlers(config)),
    ...lookAtDataFolder(config),
    ...(await lookAtPostgres(config)),
    ...(await lookAtSystem(config)),
  ];
}

const marks: Readonly<Record<Finding['state'], string>> = {
  ok: 'ok',
  warning: 'WARNING',
  wrong: 'WRONG',
  skipped: '-',
};
const MARK_WIDTH = 8;
const CHECK_WIDTH = 20;

export const drawFindings = (findings: readonly Finding[]): string =>
  findings
    .map(({ check, state, found, advice }) => {
      const line = `${marks[state].padEnd(MARK_WIDTH)} ${plain(check).padEnd(CHECK_WIDTH)} ${plain(found, 1_000)}\n`;
      return advice === null ? line : `${line}${' '.repeat(MARK_WIDTH + CHECK_WIDTH + 2)}-> ${advice}\n`;
    })
    .join('');
