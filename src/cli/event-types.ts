import { type Command, Option } from 'commander';
import { type ListForm, listForms, type OutputForm, outputForms } from './output-forms.ts';

export interface OperateTypeRequest {
  /** A type, `order.*` for all that begin so, or `*`. */
  readonly name: string;
  readonly act: 'pause' | 'resume';
  readonly reason: string;
  /** It is not asked whether many are meant. */
  readonly yes: boolean;
  readonly output: OutputForm;
}

/** What `eventops types` does: given by the composition root. */
export interface EventTypesActions {
  list(output: ListForm): Promise<void>;
  operate(request: OperateTypeRequest): Promise<void>;
}

const acts = {
  pause: 'let no attempt of its events begin; they wait, and no attempt is counted',
  resume: 'let its events go on',
} as const;

/** Adds `eventops types list|pause|resume`. */
export function addEventTypes(program: Command, actions: EventTypesActions): void {
  const types = program
    .command('types')
    .description('types of events: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN');

  types
    .command('list')
    .description('list types with how many events wait, and which are paused')
    .addOption(new Option('-o, --output <form>', 'how').choices(listForms).default('table'))
    .action(({ output }: { readonly output: ListForm }) => actions.list(output));

  for (const act of ['pause', 'resume'] as const)
    types
      .command(act)
      .description(acts[act])
      .argument('<type>', "a type, 'order.*' for all that begin so, or '*'; in quotes, because of the shell")
      .requiredOption('--reason <reason>', 'why; it is recorded')
      .option('--yes', 'do not ask where it is of many types', false)
      .addOption(new Option('-o, --output <form>', 'how').choices(outputForms).default('table'))
      .action((name: string, given: Omit<OperateTypeRequest, 'name' | 'act'>) =>
        actions.operate({ name, act, ...given }),
      );
}
