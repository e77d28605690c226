/** What an operator types to run a command, for messages: sources are a checkout's, compiled files a package's. */
export const COMMAND = import.meta.url.endsWith('.ts') ? 'bin/eventops' : 'npx eventops';
