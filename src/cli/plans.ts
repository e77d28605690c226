import { type Command, InvalidArgumentError, Option } from 'commander';
import { addDeadLetterOptions, type DeadLetterOptions, parseCount } from './dead-letter-options.ts';
import { type OutputForm, outputForms } from './output-forms.ts';
import { parseUuid } from './parse-uuid.ts';

export const planActions = ['replay', 'discard'] as const;

export interface CreatePlanRequest {
  readonly action: (typeof planActions)[number];
  /** Instead of a filter. */
  readonly ids: readonly string[];
  readonly filter: DeadLetterOptions;
  readonly reason: string;
  readonly output: OutputForm;
}

export interface StartPlanRequest {
  readonly id: string;
  readonly rate?: number;
  readonly canary?: number;
  readonly canaryMayFail?: number;
  readonly stopShare?: number;
  readonly stopAtLeast?: number;
  /** It is not asked whether it is meant. */
  readonly yes: boolean;
  readonly wait: boolean;
  readonly output: OutputForm;
}

export interface OperatePlanRequest {
  readonly id: string;
  readonly act: 'pause' | 'resume' | 'abort';
  readonly reason: string;
  readonly output: OutputForm;
}

/** What `eventops plans` does: given by the composition root. */
export interface PlansActions {
  create(request: CreatePlanRequest): Promise<void>;
  list(output: OutputForm): Promise<void>;
  show(request: { readonly id: string; readonly watch: boolean; readonly output: OutputForm }): Promise<void>;
  start(request: StartPlanRequest): Promise<void>;
  operate(request: OperatePlanRequest): Promise<void>;
}

const outputOption = () => new Option('-o, --output <form>', 'how').choices(outputForms).default('table');
const REASON = ['--reason <reason>', 'why; it is recorded'] as const;
const parseEventId = parseUuid('an event has a UUID');
const ID = ['<id>', 'of the plan', parseUuid('a plan has a UUID')] as const;

const parseIds = (text: string, before: readonly string[]) => [...before, ...text.split(',').map(parseEventId)];

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new InvalidArgumentError('a number from 0 to 1');
  return share;
}

const acts = {
  pause: 'take no further member; what was replayed goes on',
  resume: 'go on with a plan that was paused, or that stopped itself',
  abort: 'end a plan permanently; members that were not taken stay what they are',
} as const satisfies Readonly<Record<OperatePlanRequest['act'], string>>;

type Created = DeadLetterOptions & {
  readonly action: CreatePlanRequest['action'];
  readonly ids: readonly string[];
  readonly deadReason?: string;
  readonly reason: string;
  readonly output: OutputForm;
};

/** Adds `eventops plans create|list|show|start|pause|resume|abort`. */
export function addPlans(program: Command, actions: PlansActions): void {
  const plans = program
    .command('plans')
    .description('replay plans: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN');

  const create = addDeadLetterOptions(plans.command('create'), '--dead-reason');
  const filters = create.options.map((option) => option.attributeName());
  create
    .description('freeze a set of dead letters by the options of `dlq list`, and count it; nothing is done to them')
    .addOption(
      new Option('--ids <ids>', 'events instead, separated by commas')
        .argParser(parseIds)
        .default([])
        .conflicts(filters),
    )
    .addOption(new Option('--action <action>', 'what it is for').choices(planActions).default('replay'))
    .requiredOption(...REASON)
    .addOption(outputOption())
    .action(({ action, ids, deadReason, reason, output, ...filter }: Created) => {
      const died = deadReason === undefined ? {} : { reason: deadReason };
      return actions.create({ action, ids, filter: { ...filter, ...died }, reason, output });
    });

  plans
    .command('list')
    .description('list plans, the one that was made last first')
    .addOption(outputOption())
    .action(({ output }: { readonly output: OutputForm }) => actions.list(output));

  plans
    .command('show')
    .description('show a plan: what is in it, how far it is, what failed, who did what')
    .argument(...ID)
    .option('--watch', 'show how far it is until it stops', false)
    .addOption(outputOption())
    .action((id: string, given: { readonly watch: boolean; readonly output: OutputForm }) =>
      actions.show({ id, ...given }),
    );

  plans
    .command('start')
    .description('carry a plan out: a canary first, then growing batches up to the rate')
    .argument(...ID)
    .addOption(new Option('--rate <number>', 'most members in a second').argParser(parseCount))
    .addOption(new Option('--canary <number>', 'members that go first').argParser(parseCount))
    .addOption(new Option('--canary-may-fail <number>', 'so many of the canary may fail').argParser(parseCount))
    .addOption(new Option('--stop-share <share>', 'stop when such a share failed, from 0 to 1').argParser(parseShare))
    .addOption(new Option('--stop-at-least <number>', 'and at least so many').argParser(parseCount))
    .option('--yes', 'do not ask', false)
    .option('--no-wait', 'return once it is started')
    .addOption(outputOption())
    .action((id: string, given: Omit<StartPlanRequest, 'id'>) => actions.start({ id, ...given }));

  for (const act of Object.keys(acts) as OperatePlanRequest['act'][])
    plans
      .command(act)
      .description(acts[act])
      .argument(...ID)
      .requiredOption(...REASON)
      .addOption(outputOption())
      .action((id: string, given: { readonly reason: string; readonly output: OutputForm }) =>
        actions.operate({ id, act, ...given }),
      );
}
