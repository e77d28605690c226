import { appendForEver } from '../appender.ts';
import { openTestLog } from './open-log.ts';

const [, , url] = process.argv;
if (url === undefined) throw new Error('Say where the log is');
await appendForEver(openTestLog(url));
