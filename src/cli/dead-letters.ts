import { type Command, Option } from 'commander';
import { addDeadLetterOptions, type DeadLetterOptions, parseCount } from './dead-letter-options.ts';
import { type ListForm, listForms, type OutputForm, outputForms } from './output-forms.ts';
import { parseUuid } from './parse-uuid.ts';

interface Listing<Form = OutputForm> extends DeadLetterOptions {
  readonly limit: number;
  readonly output: Form;
}

/** What `eventops dlq` does: given by the composition root. */
export interface DeadLettersActions {
  list(request: Listing<ListForm>): Promise<void>;
  groups(request: Listing): Promise<void>;
  show(request: { readonly id: string; readonly output: OutputForm }): Promise<void>;
  discard(request: { readonly id: string; readonly reason: string; readonly output: OutputForm }): Promise<void>;
}

const outputOption = () => new Option('-o, --output <form>', 'how').choices(outputForms).default('table');
const limitOption = (usual: number) =>
  new Option('--limit <number>', 'most that are shown').argParser(parseCount).default(usual);

/** Adds `eventops dlq list|groups|show|discard`. */
export function addDeadLetters(program: Command, actions: DeadLettersActions): void {
  const deadLetters = program
    .command('dlq')
    .description('dead letters: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN');

  addDeadLetterOptions(deadLetters.command('list'), '--reason')
    .description('list dead letters, the one that died last first')
    .addOption(limitOption(50))
    .addOption(new Option('-o, --output <form>', 'how').choices(listForms).default('table'))
    .action((given: Listing<ListForm>) => actions.list(given));

  addDeadLetterOptions(deadLetters.command('groups'), '--reason')
    .description('count dead letters by failure group, the largest first')
    .addOption(limitOption(50))
    .addOption(outputOption())
    .action((given: Listing) => actions.groups(given));

  const id = ['<id>', 'of the event', parseUuid('an event has a UUID')] as const;
  deadLetters
    .command('show')
    .description('show a dead letter, and what happened to it')
    .argument(...id)
    .addOption(outputOption())
    .action((eventId: string, { output }: { readonly output: OutputForm }) => actions.show({ id: eventId, output }));

  deadLetters
    .command('discard')
    .description('give a dead letter up, permanently')
    .argument(...id)
    .requiredOption('--reason <reason>', 'why; it is recorded')
    .addOption(outputOption())
    .action((eventId: string, given: { readonly reason: string; readonly output: OutputForm }) =>
      actions.discard({ id: eventId, ...given }),
    );
}
