import { type Command, Option } from 'commander';
import { type OutputForm, outputForms } from './output-forms.ts';
import { parseUuid } from './parse-uuid.ts';

export interface DecisionRequest {
  readonly name: string;
  readonly act: 'compare' | 'promote' | 'rollback' | 'cancel' | 'drop';
  readonly reason: string;
  readonly acceptDifferences?: true;
  readonly output: OutputForm;
}

/** What `eventops projections` does: given by the composition root. */
export interface ProjectionsActions {
  list(output: OutputForm): Promise<void>;
  /** Returns once it has been compared, unless it is not waited for. */
  rebuild(request: {
    readonly name: string;
    readonly reason: string;
    readonly wait: boolean;
    readonly output: OutputForm;
  }): Promise<void>;
  status(request: { readonly name: string; readonly watch: boolean; readonly output: OutputForm }): Promise<void>;
  decide(request: DecisionRequest): Promise<void>;
  repair(request: { readonly eventId: string; readonly reason: string; readonly output: OutputForm }): Promise<void>;
}

const acts = {
  compare: 'compare the copy once more with the rows that are read',
  promote: 'let the copy be read; the rows of before are kept beside it',
  rollback: 'let the rows of before be read again',
  cancel: 'delete the copy; the rows that are read stay as they are',
  drop: 'delete the rows of before, after which there is no way back',
} as const satisfies Readonly<Record<DecisionRequest['act'], string>>;

const outputOption = () => new Option('-o, --output <form>', 'how').choices(outputForms).default('table');
const REASON = ['--reason <reason>', 'why; it is recorded'] as const;
const NAME = ['<name>', 'of the read model, as `projections list` shows it'] as const;

type Given<More = unknown> = More & { readonly output: OutputForm };

/** Adds `eventops projections list|rebuild|status|compare|promote|rollback|cancel|drop|repair`. */
export function addProjections(program: Command, actions: ProjectionsActions): void {
  const projections = program
    .command('projections')
    .description('read models and their rebuilds: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN');

  projections
    .command('list')
    .description('list read models, with the version of their rows and their last rebuild')
    .addOption(outputOption())
    .action(({ output }: Given) => actions.list(output));

  projections
    .command('rebuild')
    .description('fill a second copy of its rows from the log, beside those that are read, and compare the two')
    .argument(...NAME)
    .requiredOption(...REASON)
    .option('--no-wait', 'return once it was requested')
    .addOption(outputOption())
    .action((name: string, given: Given<{ readonly reason: string; readonly wait: boolean }>) =>
      actions.rebuild({ name, ...given }),
    );

  projections
    .command('status')
    .description('show the last rebuild: how far it is, what was found, who decided what')
    .argument(...NAME)
    .option('--watch', 'show how far it is until an operator has the next word', false)
    .addOption(outputOption())
    .action((name: string, given: Given<{ readonly watch: boolean }>) => actions.status({ name, ...given }));

  for (const act of Object.keys(acts) as DecisionRequest['act'][]) {
    const command = projections
      .command(act)
      .description(acts[act])
      .argument(...NAME)
      .requiredOption(...REASON)
      .addOption(outputOption());
    if (act === 'promote') command.option('--accept-differences', 'accept the rows that differ, for this reason');
    command.action((name: string, given: Given<{ readonly reason: string; readonly acceptDifferences?: true }>) =>
      actions.decide({ name, act, ...given }),
    );
  }
  projections
    .command('repair')
    .description("write one event's rows again from its history, and say what was wrong in them")
    .argument('<id>', 'of the event', parseUuid('An id of an event is a UUID'))
    .requiredOption(...REASON)
    .addOption(outputOption())
    .action((eventId: string, given: Given<{ readonly reason: string }>) => actions.repair({ eventId, ...given }));
}
