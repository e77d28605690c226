import { constants, setPriority } from 'node:os';
import { allPermissions } from '../api/permissions.ts';
import { OperationalFailure } from '../application/failures.ts';
import { createProgram, runProgram } from '../cli/program.ts';
import { readConfig as readSettings, SettingsInvalid } from '../config/config.ts';
import { environmentOf } from '../config/profile.ts';
import { ConfigInvalid } from '../worker/handlers/load-config.ts';
import { adviceOnFiles } from './advice-on-files.ts';
import { CannotStart } from './cannot-start.ts';
import { reportLostResults } from './results-of-commands.ts';
import { versionOfPackage } from './version-of-package.ts';

const readConfig = () => readSettings(environmentOf(program.opts<{ readonly profile?: string }>().profile ?? null));

// What a command does not need is not loaded for it: most of the time that a short one takes is loading.
const program = createProgram(
  {
    start: async (request) => {
      const config = readConfig();
      const { start } = await import('./start.ts');
      await start(config, request);
    },
    token: async (request) => {
      const { printToken } = await import('./print-token.ts');
      await printToken(readConfig(), request);
    },
    verify: async (file) => {
      const { verifyLog, verifyBackupFile } = await import('./verify-log.ts');
      await (file === null ? verifyLog(readConfig()) : verifyBackupFile(file));
    },
    backup: async (file) => {
      const { backUpLog } = await import('./back-up-log.ts');
      // What runs on this machine comes first, also while the copy is verified.
      setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
      await backUpLog(readConfig(), file);
    },
    restore: async (file) => {
      const { restoreLog } = await import('./restore-log.ts');
      await restoreLog(readConfig(), file);
    },
    audit: {
      export: async (request) => {
        const { exportLog } = await import('./export-log.ts');
        await exportLog(readConfig(), request);
      },
      verify: async (request) => {
        const { verifyAudit } = await import('./verify-audit.ts');
        process.exitCode = await verifyAudit(readConfig(), request);
      },
      key: async () => {
        const { printVerifierKey } = await import('./audit.ts');
        await printVerifierKey(readConfig());
      },
      receipt: async (request) => {
        const { writeReceipt } = await import('./audit.ts');
        await writeReceipt(readConfig(), request);
      },
    },
    keys: {
      create: async (request) => {
        const { createKey } = await import('./keys.ts');
        await createKey(readConfig(), request);
      },
      list: async (form) => {
        const { listKeys } = await import('./keys.ts');
        await listKeys(readConfig(), form);
      },
      revoke: async (request) => {
        const { revokeKey } = await import('./keys.ts');
        await revokeKey(readConfig(), request);
      },
    },
    trace: async (request) => {
      const { showTrace } = await import('./show-trace.ts');
      await showTrace(readConfig(), request);
    },
    similar: async (request) => {
      const { showSimilar } = await import('./show-similar.ts');
      await showSimilar(readConfig(), request);
    },
    failures: {
      explain: async (request) => (await failures()).explain(request),
      list: async (request) => (await failures()).list(request),
      show: async (request) => (await failures()).show(request),
      resolve: async (request) => (await failures()).resolve(request),
    },
    projections: {
      list: async (output) => (await projections()).list(output),
      rebuild: async (request) => (await projections()).rebuild(request),
      status: async (request) => (await projections()).status(request),
      decide: async (request) => (await projections()).decide(request),
      repair: async (request) => (await projections()).repair(request),
    },
    deadLetters: {
      list: async (request) => (await deadLetters()).list(request),
      groups: async (request) => (await deadLetters()).groups(request),
      show: async (request) => (await deadLetters()).show(request),
      discard: async (request) => (await deadLetters()).discard(request),
    },
    plans: {
      create: async (request) => (await plans()).create(request),
      list: async (output) => (await plans()).list(output),
      show: async (request) => (await plans()).show(request),
      start: async (request) => (await plans()).start(request),
      operate: async (request) => (await plans()).operate(request),
    },
    events: {
      send: async (request) => (await events()).send(request),
      get: async (request) => (await events()).get(request),
      history: async (request) => (await events()).history(request),
      list: async (request) => (await events()).list(request),
      tail: async (request) => (await events()).tail(request),
      wait: async (request) => (await events()).wait(request),
      replay: async (request) => (await events()).replay(request),
    },
    eventTypes: {
      list: async (output) => (await eventTypes()).list(output),
      operate: async (request) => (await eventTypes()).operate(request),
    },
    doctor: async (request) => {
      const { examine } = await import('./doctor/examine.ts');
      await examine(readConfig, request);
    },
    completion: async (shell) => {
      const { completionFor } = await import('../cli/completion-scripts.ts');
      process.stdout.write(completionFor(program, shell));
    },
    stats: async (request) => {
      const { showStats } = await import('./show-stats.ts');
      await showStats(readConfig(), request);
    },
    witness: {
      init: async (request) => {
        const { initWitness } = await import('./witness.ts');
        await initWitness(request);
      },
      start: async (request) => {
        const { startWitness } = await import('./witness.ts');
        await startWitness(request);
      },
    },
  },
  allPermissions,
  versionOfPackage(),
);

async function eventTypes() {
  const { eventTypesActions } = await import('./event-types.ts');
  return eventTypesActions(readConfig());
}

async function events() {
  const { eventsActions } = await import('./events/show-events.ts');
  return eventsActions(readConfig());
}

async function failures() {
  const { failuresActions } = await import('./failures.ts');
  return failuresActions(readConfig());
}

async function projections() {
  const { projectionsActions } = await import('./projections.ts');
  return projectionsActions(readConfig());
}

async function deadLetters() {
  const { deadLettersActions } = await import('./dead-letters.ts');
  return deadLettersActions(readConfig());
}

async function plans() {
  const { plansActions } = await import('./plans.ts');
  return plansActions(readConfig());
}

// What is written is for this user alone: the log and its rows hold payloads.
process.umask(0o077);
reportLostResults();
try {
  process.exitCode = (await runProgram(program, process.argv.slice(2))) || process.exitCode || 0;
} catch (error) {
  // What is wrong and what to do, without a stack: these are for the person who called, not for us.
  const isWrongUse =
    error instanceof SettingsInvalid ||
    error instanceof ConfigInvalid ||
    (error instanceof CannotStart && error.isWrongUse);
  const isForTheCaller = isWrongUse || error instanceof CannotStart || error instanceof OperationalFailure;
  const message = isForTheCaller ? error.message : adviceOnFiles(error);
  if (message === null) throw error;
  process.stderr.write(`${message}\n`);
  process.exit(isWrongUse ? 2 : 1);
}
