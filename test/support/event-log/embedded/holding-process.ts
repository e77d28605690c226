import { acquireDataFolder } from '../../../../src/adapters/embedded-log/data-folder.ts';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('Say which folder');
const release = acquireDataFolder(folder);
process.stdout.write('held\n');
process.stdin.resume().once('end', release);
