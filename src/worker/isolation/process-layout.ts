/** Descriptors of a process of handlers beyond the standard three, and what is said over them. */
export const CHANNEL_DESCRIPTOR = 3;
export const WATCHDOG_DESCRIPTOR = 4;
export const OUT_OF_MEMORY = 'out of memory';
/** Memory can grow by some hundred MiB between two looks. */
export const WATCHDOG_LOOKS_EVERY_MS = 50;
/** Of one message. Thirty-two payloads of 256 KiB, each character of which is escaped. */
export const MAX_LINE_CHARACTERS = 64 * 1024 * 1024;
/** What a process takes while it runs no handler: about 115 MiB, measured, of which a heap with nothing but our code. */
export const OF_ITS_OWN_MIB = 128;
