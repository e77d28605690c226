import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Database } from '../log/database.ts';
import type { LogRecord } from '../log/record.ts';
import { resolveLink } from '../log/resolve-link.ts';
import type { Outbox } from './outbox.ts';
import { type IdForm, idFormOf } from './read-options.ts';
import { eventResponse } from './read-responses.ts';

/** Sends events in the form that the client has asked for. */
export class EventSender {
  readonly #database: Database;
  readonly #outbox: Outbox;
  readonly #idForm: IdForm;
  readonly #resolvesLinks: boolean;

  constructor(database: Database, options: ReadReq.Options, outbox: Outbox) {
    this.#database = database;
    this.#outbox = outbox;
    this.#idForm = idFormOf(options);
    this.#resolvesLinks = options.getResolveLinks();
  }

  /** @returns what to wait for, where the client does not keep up. */
  send(record: LogRecord): Promise<void> | undefined {
    const resolved = this.#resolvesLinks ? resolveLink(this.#database, record) : { event: record, link: undefined };
    return this.#outbox.send(eventResponse(resolved, this.#idForm));
  }
}
