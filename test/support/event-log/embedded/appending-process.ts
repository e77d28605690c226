import { openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import { appendForEver } from '../appender.ts';

const [, , path] = process.argv;
if (path === undefined) throw new Error('Say where the log is');
await appendForEver(await openEmbeddedLog({ path }));
