import { adviceOn } from '../application/advice-on-files.ts';
import { CannotStart } from './cannot-start.ts';

/** @throws {CannotStart} when the key of development tokens cannot be read or made, with the reason. */
export async function usingDevelopmentKey<Result>(dataFolder: string, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const advice = code === undefined ? '' : `. What to do: ${adviceOn(code)}`;
    throw new CannotStart(`The key of development tokens in ${dataFolder} cannot be used: ${message}${advice}`, {
      cause: error,
    });
  }
}
