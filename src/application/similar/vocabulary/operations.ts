import { business } from './business.ts';
import { code } from './code.ts';
import { database } from './database.ts';
import { http } from './http.ts';
import { messaging } from './messaging.ts';
import { network } from './network.ts';
import type { Operation } from './operation.ts';
import { processes } from './process.ts';
import { validation } from './validation.ts';

/** THE LIST of what is known to be one thing in other words. A change of it is another version of the local model. */
export const operations: readonly Operation[] = [
  ...network,
  ...http,
  ...database,
  ...processes,
  ...code,
  ...validation,
  ...messaging,
  ...business,
];
