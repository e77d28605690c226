import { type Command, Option } from 'commander';
import { type OutputForm, outputForms } from './output-forms.ts';
import { parseLimit } from './parse-limit.ts';
import { parseUuid } from './parse-uuid.ts';

const USUAL_LIMIT = 10;
const HIGHEST_LIMIT = 50;

interface SimilarOptions {
  readonly limit: number;
  readonly output: OutputForm;
}

/** What `eventops similar` does: given by the composition root. */
export type ShowSimilar = (request: SimilarOptions & { readonly id: string }) => Promise<void>;

/** Adds `eventops similar <id>`. */
export function addSimilar(program: Command, show: ShowSimilar): void {
  program
    .command('similar')
    .description(
      'find failures like that of an event, and what was done about them: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN',
    )
    .argument('<id>', 'of the event', parseUuid('the id of an event is a UUID, as its post was answered'))
    .addOption(new Option('--limit <n>', 'how many at most').default(USUAL_LIMIT).argParser(parseLimit(HIGHEST_LIMIT)))
    .addOption(new Option('-o, --output <form>', 'how').choices(outputForms).default('table'))
    .action((id: string, options: SimilarOptions) => show({ id, ...options }));
}
