/** A change of the code under src that breaks a promise; the simulation must notice. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly {
    /** Below src. */
    readonly file: string;
    /** Stands there exactly once. */
    readonly find: string;
    readonly replace: string;
  }[];
  /** The first seed that notices it; `--planted-bugs` looks it up again, when scenarios are drawn in another way. */
  readonly caughtBy: number;
  /** In every scenario the log is put back to an older state, as otherwise in one of thirty: few of those notice this bug. */
  readonly restoresLog?: true;
}

const bug = (name: string, caughtBy: number, file: string, find: string, replace: string): PlantedBug => ({
  name,
  caughtBy,
  edits: [{ file, find, replace }],
});

/** As a worker would count that does not ask the history. Each process has a policy object of its own. */
const countInMemory = `const memory = new WeakMap();
function countInMemory(policy, state) {
  const counts = memory.get(policy) ?? new Map();
  memory.set(policy, counts);
  const key = state.received.idempotencyKey + state.generation;
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts.get(key);
}
`;

const appends: readonly PlantedBug[] = [
  bug(
    '2xx before the append',
    1,
    'application/append-until-known.ts',
    '  let delayMs = firstPauseMs;\n',
    `  if (request.expectedRevision === 'no-stream') {
    void log.append(request);
    return { kind: 'appended', firstRevision: 0n, lastRevision: 0n };
  }
  let delayMs = firstPauseMs;
`,
  ),
  bug(
    'a new id on a retry',
    406,
    'application/append-until-known.ts',
    "if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;",
    `if (outcome.kind === 'unknown') return { kind: 'conflict', actualRevision: 'no-stream' };
    if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;`,
  ),
  bug(
    'no answer is taken for success',
    16,
    'application/append-until-known.ts',
    "if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;",
    `if (outcome.kind === 'unknown') return { kind: 'appended', firstRevision: 0n, lastRevision: 0n };
    if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;`,
  ),
  bug(
    'no fencing: a conflict is appended after what is there',
    1,
    'application/append-until-known.ts',
    "if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;",
    `if (outcome.kind === 'conflict' && outcome.actualRevision !== 'no-stream') {
      request = { ...request, expectedRevision: outcome.actualRevision };
      continue;
    }
    if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;`,
  ),
  bug(
    'a conflict is taken for the same request',
    1,
    'application/handle-command.ts',
    '    history = await read();\n    current = foldHistory(aggregate, history);\n  }',
    '    return { ok: true, changed: true, id, current: sealed.current, history };\n  }',
  ),
  bug(
    'both transitions of one append name the same predecessor',
    1,
    'application/seal-all.ts',
    'prevHash: after.headHash,',
    'prevHash: current.headHash,',
  ),
];

const identity: readonly PlantedBug[] = [
  bug(
    'an id that does not follow from the key',
    1,
    'application/event-identity.ts',
    'export const eventIdOf =',
    `let drawn = 0;
export const eventIdOf = (clientId: string, key: string) => deriveUuid('event', clientId, key, String(drawn++));
export const eventIdOfKey =`,
  ),
  bug(
    'another request under the same key is accepted',
    1,
    'domain/event/decide.ts',
    "      : reject({ code: 'idempotency-key-reused' });",
    '      : accept();',
  ),
];

const attempts: readonly PlantedBug[] = [
  bug(
    'one attempt too many',
    1,
    'domain/event/decide.ts',
    'state.attempts < policy.maxAttempts;',
    'state.attempts <= policy.maxAttempts;',
  ),
  {
    name: 'attempts are counted in memory',
    caughtBy: 1,
    edits: [
      {
        file: 'domain/event/decide.ts',
        find: 'state.attempts < policy.maxAttempts;',
        replace: 'countInMemory(policy, state) < policy.maxAttempts;',
      },
      { file: 'domain/event/decide.ts', find: 'const accept = ', replace: `${countInMemory}const accept = ` },
    ],
  },
  bug(
    'a retry may start before it is due',
    1094,
    'domain/event/decide.ts',
    'if (state.nextAttemptAt !== null && now < state.nextAttemptAt)',
    'if (state.nextAttemptAt === now)',
  ),
  bug(
    'a lease is ended before its time',
    424,
    'domain/event/decide.ts',
    'if (!command.workerIsGone && command.now < leaseExpiresAt)',
    "if (!command.workerIsGone && command.now === '')",
  ),
  bug(
    'a handler that hangs is taken for a success',
    1,
    'worker/in-process-runner.ts',
    "stop(one, { kind: 'failed', failure: failure('HandlerTimeout', reason, true) }, reason);",
    "stop(one, { kind: 'succeeded', result: null }, reason);",
  ),
  bug(
    'an outcome is dropped when its first append fails',
    663,
    'worker/process-event.ts',
    'const isWorthwhile =',
    'const isWorthwhile = false &&',
  ),
];

const commands: readonly PlantedBug[] = [
  bug(
    'a command is acknowledged before its work',
    182,
    'worker/failure-policy.ts',
    '        await work(delivery.command);\n',
    '        delivery.acknowledge();\n        await work(delivery.command);\n',
  ),
  bug('a command is kept when the log is away', 12, 'worker/failure-policy.ts', '          delivery.release();\n', ''),
  bug(
    'a command that was seen before is skipped',
    12,
    'worker/worker.ts',
    '    const early = await policy.settle(delivery, processEvent);\n',
    `    const { eventId, generation, attempt } = delivery.command;
    const seen = (processEvent.seen ??= new Set());
    const isSeen = seen.has(eventId + generation + attempt);
    if (isSeen) delivery.acknowledge();
    const early = isSeen ? null : await policy.settle(delivery, processEvent);
    seen.add(eventId + generation + attempt);
`,
  ),
  bug(
    'the dispatcher moves on before it has published',
    224,
    'worker/dispatcher.ts',
    '      if (commands.length > 0) await watched(',
    '      place = checkpoint;\n      if (commands.length > 0) await watched(',
  ),
  bug(
    'the dispatcher does not see replays',
    8,
    'worker/dispatcher.ts',
    "if (recorded.type !== 'ReplayRequested') return [];",
    "if (recorded.type !== '') return [];",
  ),
  bug(
    'no sweep',
    1,
    'worker/sweep/due-work-sweep.ts',
    '    return act();',
    '    return { isMore: false, heldBack: null };',
  ),
  bug(
    'the sweep asks for the attempt that was',
    1,
    'worker/sweep/next-attempt.ts',
    'attempt: attempts + 1,',
    'attempt: attempts,',
  ),
  {
    name: 'a command that comes too early is acknowledged',
    caughtBy: 149,
    edits: [
      {
        file: 'worker/worker.ts',
        find: 'await seeThrough(delivery, delivery.command.dueAt);',
        replace: 'await seeThrough(delivery, undefined);',
      },
      {
        file: 'worker/failure-policy.ts',
        find: 'if (error instanceof AttemptNotDue) return error;',
        replace: 'if (error instanceof AttemptNotDue) return void delivery.acknowledge() ?? null;',
      },
    ],
  },
  bug(
    'what was asked for is not asked for again',
    124,
    'worker/sweep/limits.ts',
    'askAgainAfterMs: 30_000,',
    'askAgainAfterMs: 30_000_000,',
  ),
  bug(
    'an event that cannot move hides those behind it',
    9,
    'worker/sweep/look-into-attempts.ts',
    "const ended = await dueWork.take('lease', pageRows, holdMs);",
    "const ended = (await dueWork.take('lease', pageRows, 0)).slice(1);",
  ),
  bug(
    'nothing is taken up after a restart',
    53,
    'worker/sweep/recover.ts',
    'if (kinds.length === 0) return;',
    'return;',
  ),
];

/** As a sweep does that keeps what it has asked for in memory, and keeps it short. Each sweep has limits of its own. */
const rememberAsked = `const memory = new WeakMap();
function notTooMany(limits, rows) {
  const asked = memory.get(limits) ?? new Set();
  memory.set(limits, asked);
  return rows.filter(({ eventId }) => asked.has(eventId) || (asked.size < 4 * limits.pageRows && asked.add(eventId)));
}
`;

const caps: readonly PlantedBug[] = [
  {
    name: 'the sweep stops at what it remembers',
    caughtBy: 6,
    edits: [
      {
        file: 'worker/sweep/ask-for-attempts.ts',
        find: 'const rows = await dueWork.take(kind, pageRows, holdMs);',
        replace: 'const rows = notTooMany(limits, await dueWork.take(kind, pageRows, holdMs));',
      },
      {
        file: 'worker/sweep/ask-for-attempts.ts',
        find: '/** @returns whether the page was full. */\n',
        replace: rememberAsked,
      },
    ],
  },
  bug(
    'the sweep takes all that is due at once',
    1,
    'worker/sweep/ask-for-attempts.ts',
    'const rows = await dueWork.take(kind, pageRows, holdMs);',
    'const rows = await dueWork.take(kind, 4_500, holdMs);',
  ),
  bug(
    'an empty read database has the log dispatched from its beginning',
    410,
    'worker/dispatcher.ts',
    '(await firstPlace(signal))',
    '((await firstPlace(signal)), null)',
  ),
];

const stalls: readonly PlantedBug[] = [
  {
    name: "a stall is taken for the handler's lateness",
    caughtBy: 1647,
    edits: [
      { file: 'worker/deadlines.ts', find: '      await clock.sleep(0);\n', replace: '' },
      { file: 'worker/deadlines.ts', find: 'if (lateMs > stallMs) heldUpMs += lateMs;', replace: '' },
    ],
  },
  bug(
    "deadlines go by the machine's clock",
    1417,
    'worker/deadlines.ts',
    'const awakeMs = () => clock.monotonicMs() - heldUpMs;',
    'const awakeMs = () => clock.now() - heldUpMs;',
  ),
];

const poison: readonly PlantedBug[] = [
  bug(
    'an attempt that was interrupted counts',
    6,
    'domain/event/state.ts',
    'status, attempts: attempt - 1,',
    'status, attempts: attempt,',
  ),
  bug(
    'an event that ends its workers is run without limit',
    102,
    'domain/event/decide.ts',
    'if (crashes < maxCrashes)',
    'if (crashes >= 0)',
  ),
  bug(
    'whoever was in hand when a worker ended is poison',
    102,
    'domain/event/decide.ts',
    'if (crashes < maxCrashes)',
    'if (state.suspicions.length < 1)',
  ),
];

const isolation: readonly PlantedBug[] = [
  bug(
    'an end of a process of handlers fails all that it ran',
    40,
    'worker/isolation/isolated-runner.ts',
    "one.settle(isOwn ? failedBy(one, end) : { kind: 'interrupted' })",
    'one.settle(failedBy(one, end))',
  ),
  bug(
    'a retry is counted from another moment than it is recorded',
    113,
    'application/handle-command.ts',
    'command.now ?? timestamp(decidedAt)',
    'timestamp(decidedAt)',
  ),
];

const rows: readonly PlantedBug[] = [
  bug(
    'a batch that failed is skipped',
    1,
    'application/run-subscription.ts',
    "else await subscriber.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);",
    "else await subscriber.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint).catch(() => {});",
  ),
  bug(
    'the checkpoint is moved before the rows are written',
    1,
    'projections/projector.ts',
    '      await commit(decoded, failures, checkpoint);\n      return',
    '      await commit([], failures, checkpoint);\n      await commit(decoded, [], null);\n      return',
  ),
  bug(
    'the first transition of a batch is passed over',
    1,
    'projections/projector.ts',
    '      await commit(decoded, failures, checkpoint);\n      return',
    '      await commit(decoded.slice(progress.checkpoint === null ? 0 : 1), failures, checkpoint);\n      return',
  ),
  bug(
    'a payload is kept as its value',
    1,
    'projections/events/project.ts',
    'payload_text: payload,',
    'payload_text: JSON.stringify(JSON.parse(payload)),',
  ),
  bug(
    'due work is passed over when the database refuses',
    24,
    'projections/projector.ts',
    'if (readModel.isNeverRefused || !(error instanceof ReadDatabaseRefused)) throw error;',
    'if (!(error instanceof ReadDatabaseRefused)) throw error;',
  ),
  bug(
    'a replay leaves the attempts in the due work',
    43,
    'projections/due-work/project.ts',
    '  generation,\n  attempts: 0,\n',
    '  generation,\n  attempts: generation === 0 ? 0 : 1,\n',
  ),
];

const sums: readonly PlantedBug[] = [
  bug(
    'statistics forget how an event went on',
    5,
    'projections/statistics/follow-events.ts',
    '    if (isEnd) changed.set(eventId, null);\n',
    '',
  ),
  bug(
    'statistics measure a replayed event from its receipt',
    5,
    'projections/statistics/follow-events.ts',
    'return typeNow === null ? null : { type: typeNow, beganAt: at };',
    "return typeNow === null || counted === 'replayed' ? null : { type: typeNow, beganAt: at };",
  ),
  bug(
    'statistics count the first transition of a batch twice',
    5,
    'projections/projector.ts',
    '    const decoded = await withFirsts(readModel, alone, log);\n',
    `    const once = await withFirsts(readModel, alone, log);
    const decoded = readModel.name === 'statistics' ? [...once.slice(0, 1), ...once] : once;
`,
  ),
];

const repairs: readonly PlantedBug[] = [
  bug(
    'what was passed over is not repaired',
    24,
    'projections/repair-rows.ts',
    'for (const stream of await passedOver.due(limits.pageStreams)) {',
    'for (const stream of (await passedOver.due(limits.pageStreams)).slice(0, 0)) {',
  ),
  bug(
    'an error that repeats never leads to reopening',
    79,
    'adapters/postgres/embedded-reopening.ts',
    '      reopen(error.message);\n',
    '',
  ),
];

const otherLogs: readonly PlantedBug[] = [
  {
    ...bug(
      'an outcome is appended to whatever stands where its claim stood',
      721,
      'application/append-until-known.ts',
      'verifiedIn !== log.session()',
      'verifiedIn < 0',
    ),
    restoresLog: true,
  },
  bug(
    'a role goes on although the log ends before its checkpoint',
    59,
    'application/run-subscription.ts',
    'if (error instanceof CheckpointRefused) throw error;',
    '',
  ),
  bug(
    'a history that does not match its hashes is acted on',
    10,
    'application/read-history.ts',
    'if (!isUnbroken(history))',
    'if (history.length < 0)',
  ),
  bug(
    'rows are made of transitions that do not match their hashes',
    10,
    'projections/projector.ts',
    '!readModel.isNeverRefused && !isAsWritten(recorded)',
    "recorded.type === ''",
  ),
  bug(
    'rows are repaired from a history that does not match its hashes',
    10,
    'projections/repair-rows.ts',
    'await readHistory(log, stream);',
    'await log.readStream(stream);',
  ),
  bug(
    'a command carries a receipt that does not match its hash',
    655,
    'worker/dispatcher.ts',
    'if (!isAsWritten(recorded)) throw',
    "if (recorded.type === '') throw",
  ),
];

/** THE LIST. */
export const plantedBugs: readonly PlantedBug[] = [
  ...appends,
  ...identity,
  ...attempts,
  ...commands,
  ...caps,
  ...stalls,
  ...poison,
  ...isolation,
  ...rows,
  ...sums,
  ...repairs,
  ...otherLogs,
];
