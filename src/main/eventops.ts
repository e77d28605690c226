import { createProgram, runProgram } from '../cli/program.ts';
import { readConfig, SettingsInvalid } from '../config/config.ts';
import { ConfigInvalid, loadConfig } from '../worker/handlers/load-config.ts';
import { CannotStart } from './cannot-start.ts';
import { printToken } from './print-token.ts';
import { start } from './start.ts';
import { verifyLog } from './verify-log.ts';

const program = createProgram({
  start: async (roles) => {
    const config = readConfig();
    await start(config, roles, await loadConfig(config.handlersFile));
  },
  token: (request) => printToken(readConfig(), request),
  verify: () => verifyLog(readConfig()),
});

try {
  process.exitCode = (await runProgram(program, process.argv.slice(2))) || process.exitCode || 0;
} catch (error) {
  // Wrong settings and the like are the user's to mend: what is wrong, and no stack.
  const isUse = error instanceof SettingsInvalid || error instanceof ConfigInvalid;
  if (!isUse && !(error instanceof CannotStart)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(isUse || error.isWrongUse ? 2 : 1);
}
