/** Operational failures: the world outside did not do its part. Messages and ids only, never payloads or credentials. */
export abstract class OperationalFailure extends Error {
  abstract readonly code: string;
  /** Whether the same call may succeed later without an operator. */
  abstract readonly retryable: boolean;
}

/** The log cannot be reached, is full, or did not answer in time. */
export class LogUnavailable extends OperationalFailure {
  override readonly name = 'LogUnavailable';
  readonly code = 'log-unavailable';
  readonly retryable = true;
}

/** What the log has stored is damaged: nothing is appended to it any more, and an operator has to restore it. */
export class LogDamaged extends OperationalFailure {
  override readonly name = 'LogDamaged';
  readonly code = 'log-damaged';
  readonly retryable = false;
}

/** The log refused an append permanently: too large, malformed, or not allowed. */
export class AppendRefused extends OperationalFailure {
  override readonly name = 'AppendRefused';
  readonly code = 'append-refused';
  readonly retryable = false;
}

/** A checkpoint that is not a position in this log: another log, an emptied one, or a restored backup. */
export class CheckpointRefused extends OperationalFailure {
  override readonly name = 'CheckpointRefused';
  readonly code = 'checkpoint-refused';
  readonly retryable = false;
  /** How far the log went that the checkpoint is of; `null` when that cannot be read from it. */
  readonly position: bigint | null;
  /** It was made by another log, or by none. Otherwise it is of this one, which lacks what the subscriber has seen. */
  readonly isOfAnotherLog: boolean;

  constructor(
    message: string,
    {
      position = null,
      isOfAnotherLog = false,
      ...options
    }: ErrorOptions & { readonly position?: bigint | null; readonly isOfAnotherLog?: boolean } = {},
  ) {
    super(message, options);
    this.position = position;
    this.isOfAnotherLog = isOfAnotherLog;
  }
}

/** A stored transition that this version cannot read. */
export class UndecodableTransition extends OperationalFailure {
  override readonly name = 'UndecodableTransition';
  readonly code = 'undecodable-transition';
  readonly retryable = false;
}

/** A history in the log is not what was written: nothing is done that rests on it, until a person has looked. */
export class HistoryBroken extends OperationalFailure {
  override readonly name = 'HistoryBroken';
  readonly code = 'history-broken';
  readonly retryable = false;
  readonly stream: string;
  constructor(stream: string) {
    super(
      `${stream}: the stored history does not match its hashes, so nothing is done with it; keep the log as it is, and compare it with a backup`,
    );
    this.stream = stream;
  }
}

/** The tiles of the audit tree cannot be read or written. */
export class AuditTreeUnavailable extends OperationalFailure {
  override readonly name = 'AuditTreeUnavailable';
  readonly code = 'audit-tree-unavailable';
  readonly retryable = true;
}

/** One event was changed by others faster than the bounded retries could follow. */
export class ConcurrencyConflict extends OperationalFailure {
  override readonly name = 'ConcurrencyConflict';
  readonly code = 'concurrency-conflict';
  readonly retryable = true;
}

export class ReadDatabaseUnavailable extends OperationalFailure {
  override readonly name = 'ReadDatabaseUnavailable';
  readonly code = 'read-database-unavailable';
  readonly retryable = true;
}

/** The read database will not take these values: out of range, too large, or against a constraint. Nothing was changed. */
export class ReadDatabaseRefused extends OperationalFailure {
  override readonly name = 'ReadDatabaseRefused';
  readonly code = 'read-database-refused';
  readonly retryable = false;
}

/** The read database's server or database can never hold all rows. The message says how to make one that does. */
export class ReadDatabaseUnfit extends OperationalFailure {
  override readonly name = 'ReadDatabaseUnfit';
  readonly code = 'read-database-unfit';
  readonly retryable = false;
}

export class CommandBusUnavailable extends OperationalFailure {
  override readonly name = 'CommandBusUnavailable';
  readonly code = 'command-bus-unavailable';
  readonly retryable = true;
}

/** The issuer of tokens cannot be asked for its keys, so whether a token is good is unknown. */
export class IssuerUnavailable extends OperationalFailure {
  override readonly name = 'IssuerUnavailable';
  readonly code = 'issuer-unavailable';
  readonly retryable = true;
}

/** The API keys have not all been read from the log yet, so whether a key is good is unknown. */
export class ApiKeysUnavailable extends OperationalFailure {
  override readonly name = 'ApiKeysUnavailable';
  readonly code = 'api-keys-unavailable';
  readonly retryable = true;
}

/** A server outside of the system gave no usable answer. */
export class OutboundFailed extends Error {
  override readonly name = 'OutboundFailed';
}

/** A request to a server outside of the system that is not allowed. Nothing was sent. */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused';
}

/** A server's URL that cannot be used. The message says what is wrong with it, without repeating it. */
export class ServerUrlInvalid extends TypeError {
  override readonly name = 'ServerUrlInvalid';
}
