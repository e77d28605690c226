import { issueDevelopmentToken } from '../adapters/development-issuer/development-issuer.ts';
import type { TokenRequest } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import { CannotStart } from './cannot-start.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { usingDevelopmentKey } from './using-development-key.ts';

/** A development token, alone, on standard output. */
export async function printToken(config: Config, { role, scopes, subject }: TokenRequest): Promise<void> {
  if (config.oidcIssuer !== null)
    throw new CannotStart(
      `OIDC_ISSUER is set, so tokens come from ${config.oidcIssuer}, and development tokens are refused`,
      {
        isWrongUse: true,
      },
    );
  if (config.production)
    throw new CannotStart('Development tokens are refused with NODE_ENV=production; ask your OIDC issuer for one', {
      isWrongUse: true,
    });
  makeDataFolder(config.dataFolder);
  const { dataFolder } = config;
  const token = await usingDevelopmentKey(dataFolder, () =>
    issueDevelopmentToken({ dataFolder, ...(role === undefined ? {} : { role }), scopes, subject, now: Date.now() }),
  );
  process.stdout.write(`${token}\n`);
}
