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
