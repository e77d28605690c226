import { type AppendOutcome, type AppendRefusal, revision } from '../../application/ports/event-log.ts';
import { isNotHandled } from './classify.ts';
import { type BatchAppendResp, WrongExpectedVersion } from './protocol.ts';

type Status = NonNullable<ReturnType<BatchAppendResp['getError']>>;

const NAMES = 'event_store.client.';

const refused = (code: AppendRefusal['code'], message: string): AppendOutcome => ({
  kind: 'refused',
  refusal: { code, message },
});

interface Asked {
  readonly stream: string;
  /** How many transitions. */
  readonly count: number;
}

/** What the server said about one append of a batch call. Never throws: nothing could settle the append after that. */
export function outcomeOf(response: BatchAppendResp, asked: Asked): AppendOutcome {
  try {
    return read(response, asked);
  } catch {
    return { kind: 'unknown', message: `${asked.stream}: an answer that cannot be read` };
  }
}

function read(response: BatchAppendResp, { stream, count }: Asked): AppendOutcome {
  const error = response.getError();
  if (error) return outcomeOfError(error, stream);
  const success = response.getSuccess();
  if (!success?.hasCurrentRevision()) return { kind: 'unknown', message: `${stream}: an answer without a revision` };
  const last = BigInt(success.getCurrentRevision());
  return {
    kind: 'appended',
    firstRevision: revision(last - BigInt(count - 1)),
    lastRevision: revision(last),
  };
}

function outcomeOfError(error: Status, stream: string): AppendOutcome {
  const details = error.getDetails();
  const name = details?.getTypeName() ?? '';
  const said = error.getMessage();
  switch (name.startsWith(NAMES) ? name.slice(NAMES.length) : '') {
    case 'WrongExpectedVersion': {
      const conflict = details?.unpack(WrongExpectedVersion.deserializeBinary, name);
      const actual = conflict?.hasCurrentStreamRevision() ? BigInt(conflict.getCurrentStreamRevision()) : null;
      return { kind: 'conflict', actualRevision: actual === null ? 'no-stream' : revision(actual) };
    }
    case 'StreamDeleted':
      return refused('invalid', `${stream} was tombstoned in EventStoreDB: nothing can be appended to it any more`);
    case 'AccessDenied':
      return refused('unauthorized', `EventStoreDB does not let our user append to ${stream}`);
    case 'MaximumAppendSizeExceeded':
    case 'MaximumAppendEventSizeExceeded':
      return refused('too-large', `${stream}: EventStoreDB does not take so much in one append`);
    case 'BadRequest':
      return refused('invalid', `${stream}: EventStoreDB says ${said}`);
    default:
      return isNotHandled(said)
        ? refused('unavailable', `EventStoreDB took nothing for ${stream}: ${said}`)
        : { kind: 'unknown', message: `${stream}: EventStoreDB says ${said || name || 'nothing'}` };
  }
}
