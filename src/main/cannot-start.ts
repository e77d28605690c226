import { SettingsInvalid } from '../config/config.ts';

/** Something outside keeps a command from its work; the message is for the person who called it. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
  /** Whether other settings or arguments would help. */
  readonly isWrongUse: boolean;
  constructor(message: string, options: ErrorOptions & { readonly isWrongUse?: boolean } = {}) {
    super(message, options);
    this.isWrongUse = options.isWrongUse ?? false;
  }
}

/** Settings that do not fit what is to be started, each by its name. */
export const wrongSettings = (problems: readonly string[], cause?: Error): CannotStart =>
  new CannotStart(new SettingsInvalid(problems).message, { isWrongUse: true, cause });
