/** A text or a file that is not in the format that it has to have. Nothing of it was used. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  constructor(what: string, problem: string) {
    super(`${what}: ${problem}`);
  }
}

/** Well formed, but not signed by those who had to sign it. Nothing of it was believed. */
export class NotTrusted extends Error {
  override readonly name = 'NotTrusted';
}
