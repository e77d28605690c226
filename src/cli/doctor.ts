import { type Command, Option } from 'commander';
import { type OutputForm, outputForms } from './output-forms.ts';

/** What `eventops doctor` does: given by the composition root. */
export type Examine = (request: { readonly output: OutputForm }) => Promise<void>;

/** Adds `eventops doctor`. */
export function addDoctor(program: Command, examine: Examine): void {
  program
    .command('doctor')
    .description(
      'say what is wrong, and what to do: with the settings here, the data folder, the system at EVENTOPS_URL, and the token in EVENTOPS_TOKEN. Changes nothing. Ends with 1 if anything is wrong',
    )
    .addOption(new Option('-o, --output <form>', 'how').choices(outputForms).default('table'))
    .action((request: { readonly output: OutputForm }) => examine(request));
}
