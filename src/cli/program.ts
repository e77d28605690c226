import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type AuditActions, addAudit } from './audit.ts';
import { addCompletion, type PrintCompletion } from './completion.ts';
import { addDeadLetters, type DeadLettersActions } from './dead-letters.ts';
import { addDoctor, type Examine } from './doctor.ts';
import { addEventTypes, type EventTypesActions } from './event-types.ts';
import { addEvents, type EventsActions } from './events.ts';
import { exampleOf } from './examples.ts';
import { addFailures, type FailuresActions } from './failures.ts';
import { addKeys, type KeysActions } from './keys.ts';
import { addPlans, type PlansActions } from './plans.ts';
import { addProjections, type ProjectionsActions } from './projections.ts';
import { addSimilar, type ShowSimilar } from './similar.ts';
import { addStats, type ShowStats } from './stats.ts';
import { addTrace, type ShowTrace } from './trace.ts';
import { addWitness, type WitnessActions } from './witness.ts';

export const allRoles = ['api', 'projector', 'dispatcher', 'worker', 'anchor', 'explainer'] as const;
export type Role = (typeof allRoles)[number];

export const tokenRoles = ['admin', 'operator', 'auditor', 'viewer'] as const;
export type TokenRole = (typeof tokenRoles)[number];

export interface TokenRequest {
  readonly role?: TokenRole;
  readonly scopes: readonly string[];
  readonly subject: string;
}

export interface StartRequest {
  readonly roles: readonly Role[];
  /** Transitions up to this position may be missing from the log; `null` when none may. */
  readonly acceptLossUpTo: number | null;
  /** Transitions up to this position are passed over where they cannot be projected, however many; `null` for few alone. */
  readonly passOverUpTo: number | null;
}

/** What the commands do: given by the composition root. */
export interface CommandActions {
  start(request: StartRequest): Promise<void>;
  token(request: TokenRequest): Promise<void>;
  verify(file: string | null): Promise<void>;
  backup(file: string): Promise<void>;
  restore(file: string): Promise<void>;
  readonly audit: AuditActions;
  readonly failures: FailuresActions;
  readonly keys: KeysActions;
  readonly trace: ShowTrace;
  readonly similar: ShowSimilar;
  readonly stats: ShowStats;
  readonly witness: WitnessActions;
  readonly projections: ProjectionsActions;
  readonly deadLetters: DeadLettersActions;
  readonly plans: PlansActions;
  readonly events: EventsActions;
  readonly eventTypes: EventTypesActions;
  readonly completion: PrintCompletion;
  readonly doctor: Examine;
}

interface StartOptions {
  readonly roles: readonly Role[];
  readonly acceptLostTransitions?: number | null;
  readonly passOverUpTo?: number | null;
}

const isOneOf = <Name extends string>(names: readonly Name[], name: string): name is Name =>
  (names as readonly string[]).includes(name);

/** An option that is given twice means one of two things, and which one is not ours to guess. */
function once<Value>(parse: (text: string) => Value): (text: string) => Value {
  let isGiven = false;
  return (text) => {
    if (isGiven) throw new InvalidArgumentError('given more than once; keep one');
    isGiven = true;
    return parse(text);
  };
}

function parseRoles(text: string): readonly Role[] {
  const roles = text.split(',').map((name) => name.trim());
  const wrong = roles.filter((name) => !isOneOf(allRoles, name));
  if (wrong.length > 0)
    throw new InvalidArgumentError(
      `no such role: ${wrong.map((name) => name || 'an empty name').join(', ')}; there are ${allRoles.join(', ')}`,
    );
  if (new Set(roles).size < roles.length) throw new InvalidArgumentError('the same role more than once; keep one');
  return allRoles.filter((role) => roles.includes(role));
}

function parseTokenRole(text: string): TokenRole {
  if (isOneOf(tokenRoles, text)) return text;
  throw new InvalidArgumentError(`no such role; there are ${tokenRoles.join(', ')}`);
}

function parseSubject(text: string): string {
  if (text.trim() === '' || text.length > 200 || /[\p{Cc}\p{Cs}]/u.test(text))
    throw new InvalidArgumentError('a name has 1 to 200 characters, and no control characters');
  return text;
}

function parsePosition(text: string): number {
  const position = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a position in the log is a whole number');
  return position;
}

/** Exact names only: another one would be a token that is refused, far from here. */
const parseScope = (permissions: readonly string[]) => (text: string, scopes: readonly string[]) => {
  if (permissions.includes(text)) return [...scopes, text];
  throw new InvalidArgumentError(`no such permission; there are ${permissions.join(', ')}`);
};

/**
 * The `eventops` command. Results go to standard output, everything else to standard error.
 * @param permissions the names that `--scope` and `--permission` take.
 */
export function createProgram(actions: CommandActions, permissions: readonly string[], version = ''): Command {
  const program = new Command('eventops')
    .description('Takes events over HTTP, sees each one through to an end, and proves afterwards what happened.')
    .version(version, '--version', 'print the version')
    .option('--profile <name>', 'a system and a token, from a file of this name in ~/.config/eventops')
    .exitOverride()
    .showHelpAfterError()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });

  program
    .command('start')
    .description('run until SIGTERM or SIGINT')
    .addOption(
      new Option('--roles <roles>', 'which parts to run, separated by commas')
        .default(allRoles, allRoles.join(','))
        .argParser(once(parseRoles)),
    )
    .addOption(
      new Option(
        '--accept-lost-transitions <position>',
        'go on with a log that lacks transitions up to this position, as a refused start names it',
      ).argParser(once(parsePosition)),
    )
    .addOption(
      new Option(
        '--pass-over-up-to <position>',
        'go on with a projection that has halted, as its reason in /readyz names the position',
      ).argParser(once(parsePosition)),
    )
    .action(({ roles, acceptLostTransitions = null, passOverUpTo = null }: StartOptions) =>
      actions.start({ roles, acceptLossUpTo: acceptLostTransitions, passOverUpTo }),
    );

  program
    .command('token')
    .description('print a development token')
    .addOption(
      new Option('--role <role>', `what the token may do: ${tokenRoles.join(', ')}`).argParser(once(parseTokenRole)),
    )
    .addOption(
      new Option('--scope <scope>', 'a permission of its own, such as events:write; may be repeated')
        .default([])
        .argParser(parseScope(permissions)),
    )
    .addOption(new Option('--subject <name>', 'whose token it is').default('developer').argParser(once(parseSubject)))
    .action(({ role, scope, subject }: { role?: TokenRole; scope: readonly string[]; subject: string }) =>
      // Without a role and a scope a token could do nothing: the developer at the keyboard gets all of it.
      actions.token({ ...(role ? { role } : scope.length === 0 ? { role: 'admin' } : {}), scopes: scope, subject }),
    );

  program
    .command('verify')
    .description(
      'check the embedded log, or a backup of it: every stored transition against its hash chain, and the file',
    )
    .argument('[file]', 'a backup; without it, the log in the data folder of a system that is stopped')
    .action((file?: string) => actions.verify(file ?? null));

  program
    .command('backup')
    .description('write the embedded log to a new file, while the system runs or is stopped')
    .argument('<file>', 'is there only once it is whole and verified')
    .action((file: string) => actions.backup(file));

  program
    .command('restore')
    .description('put the log of a backup, once it is verified, into a data folder that has none')
    .argument('<file>', 'as backup has written it')
    .action((file: string) => actions.restore(file));

  addAudit(program, actions.audit);
  addKeys(program, actions.keys, parseScope(permissions));
  addTrace(program, actions.trace);
  addStats(program, actions.stats);
  addWitness(program, actions.witness);
  addProjections(program, actions.projections);
  addFailures(program, actions.failures);
  addDeadLetters(program, actions.deadLetters);
  addPlans(program, actions.plans);
  addSimilar(program, actions.similar);

  addEvents(program, actions.events);
  addEventTypes(program, actions.eventTypes);
  addDoctor(program, actions.doctor);
  addCompletion(program, actions.completion);

  for (const command of program.commands)
    for (const each of [command, ...command.commands]) {
      each.exitOverride().showHelpAfterError();
      const example = exampleOf(each === command ? [command.name()] : [command.name(), each.name()]);
      if (example !== null) each.addHelpText('after', `\nExample:\n  ${example}`);
    }
  return program;
}

/** 0 done or help asked for; 2 wrong use. Other errors are the caller's. */
export async function runProgram(program: Command, commandLine: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(commandLine, { from: 'user' });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? 0 : 2;
  }
}
