import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/adapters/eventstoredb/checkpoint.ts';
import type { Read } from '../../../src/adapters/eventstoredb/receive.ts';
import { verifyProgress } from '../../../src/adapters/eventstoredb/verify-progress.ts';
import { CheckpointRefused, LogUnavailable } from '../../../src/application/failures.ts';
import { eventAt } from '../../support/event-log/eventstoredb/answers.ts';

const idOf = (commit: number) => `00000000-0000-4000-8000-${String(commit).padStart(12, '0')}`;
const place = (commit: number, id = idOf(commit)) => ({ commit: BigInt(commit), prepare: BigInt(commit), id });
const LOG = idOf(1);

/** A log with events at these commits, each 10 bytes long. */
function logOf(commits: readonly number[]): Read {
  return async (request, take) => {
    for (const event of eventsFor(request, commits)) if (take(event) === 'enough') return;
  };
}

function eventsFor(request: ReadReq, commits: readonly number[]): ReadResp[] {
  const all = request.getOptions()?.getAll();
  const at = (commit: number) => eventAt(commit, { id: idOf(commit) });
  if (all?.hasStart()) return commits.slice(0, 1).map(at);
  if (all?.hasEnd()) return commits.slice(-1).map(at);
  const from = Number(all?.getPosition()?.getCommitPosition());
  if (commits.some((commit) => from > commit && from < commit + 10))
    throw new LogUnavailable('EventStoreDB failed', {
      cause: new Error('2 UNKNOWN: Unexpected ReadAllResult: InvalidPosition'),
    });
  return commits.filter((commit) => commit >= from).map(at);
}

const progress = (given: Partial<Progress>): Progress => ({ logId: LOG, last: null, passed: null, ...given });
const refusal = async (read: Read, given: Partial<Progress>) => {
  const error: unknown = await verifyProgress(read, progress(given)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CheckpointRefused);
  return (error as Error).message;
};

describe('what a subscriber has seen of a log', () => {
  const log = logOf([1, 20, 40, 60]);

  it('is found again where it was, and gone on from', async () => {
    expect(await verifyProgress(log, progress({}))).toEqual({ logId: LOG, after: null });
    expect(await verifyProgress(log, progress({ last: place(40) }))).toEqual({ logId: LOG, after: place(40) });
  });

  it('is gone on from before what was passed over, in case it concerns the subscriber after all', async () => {
    const { after } = await verifyProgress(log, progress({ last: place(20), passed: place(60) }));
    expect(after).toEqual({ ...place(60), prepare: 0n });
  });

  it('is gone on from where it was when what was passed over has been scavenged', async () => {
    const { after } = await verifyProgress(log, progress({ last: place(20), passed: place(30, idOf(9)) }));
    expect(after).toEqual(place(20));
  });

  it('is refused when another event stands in its place', async () => {
    expect(await refusal(log, { last: place(40, idOf(7)) })).toContain(
      `At 40 stood the event ${idOf(7)}, and now stands ${idOf(40)}`,
    );
  });

  it('is refused when nothing stands in its place', async () => {
    expect(await refusal(log, { last: place(35) })).toContain(`now stands ${idOf(40)} at 40`);
  });

  it('is refused when its place is inside an event', async () => {
    expect(await refusal(log, { last: place(45) })).toContain('At 45 no event begins');
  });

  it('is refused when the log ends before it', async () => {
    expect(await refusal(log, { last: place(80) })).toContain('The log ends at 60, before 80');
    expect(await refusal(log, { last: place(20), passed: place(80) })).toContain('The log ends at 60, before 80');
  });

  it('is refused when the log is empty', async () => {
    expect(await refusal(logOf([]), { last: place(20) })).toContain('The log is empty');
  });

  it('is refused when it is of another log, which is named, and what to do is said', async () => {
    const message = await refusal(log, { logId: idOf(5), last: place(80) });
    expect(message).toContain(`This is another log: it begins with the event ${LOG}, not ${idOf(5)}`);
    expect(message).toContain('delete its checkpoint together with all that it has made of the log');
  });

  it('is refused when what was passed over is another event now', async () => {
    expect(await refusal(log, { last: place(20), passed: place(60, idOf(7)) })).toContain('At 60 stood');
    expect(await refusal(log, { last: place(20), passed: place(65) })).toContain('At 65 no event begins');
  });

  it('is not refused because the log cannot be read', async () => {
    const away: Read = async () => {
      throw new LogUnavailable('away');
    };
    await expect(verifyProgress(away, progress({ last: place(20) }))).rejects.toBeInstanceOf(LogUnavailable);
  });
});
