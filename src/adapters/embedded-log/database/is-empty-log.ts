import { gatherEvidence } from './proof-of-loss.ts';
import { readWithoutChange } from './read-log-file.ts';
import { refusing } from './refusing.ts';

/** Whether nothing was ever appended to the log at `path`, which is there. @throws {LogFileRefused} for what is no log. */
export function isEmptyLog(path: string): boolean {
  return refusing(path, () => {
    const { mark } = gatherEvidence(path);
    if (mark === 'damaged' || (mark?.position ?? 0) > 0) return false;
    return (
      readWithoutChange(path, (log) => log.prepare('SELECT * FROM transitions LIMIT 1').get() === undefined) ?? false
    );
  });
}
