import { type Command, Option } from 'commander';
import { type OutputForm, outputForms } from './output-forms.ts';
import { parseUuid } from './parse-uuid.ts';

/** What `eventops trace` does: given by the composition root. */
export type ShowTrace = (request: { readonly id: string; readonly output: OutputForm }) => Promise<void>;

/** Adds `eventops trace <id>`. */
export function addTrace(program: Command, show: ShowTrace): void {
  program
    .command('trace')
    .description("show an event's life as a timeline: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN")
    .argument('<id>', 'of the event', parseUuid('the id of an event is a UUID, as its post was answered'))
    .addOption(new Option('-o, --output <form>', 'how').choices(outputForms).default('table'))
    .action((id: string, { output }: { readonly output: OutputForm }) => show({ id, output }));
}
