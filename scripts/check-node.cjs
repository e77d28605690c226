// Says which Node is needed instead of the stack that an older one prints for TypeScript. Plain JavaScript of the older
// form, because any Node has to be able to read it.
'use strict';
const NEEDED = 24;
if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `This needs Node ${NEEDED} or later, and ${process.execPath} is ${process.version}; install it, or run 'npm ci', which brings it on Linux and Windows\n`,
  );
  process.exit(2);
}
