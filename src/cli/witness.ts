import { type Command, InvalidArgumentError } from 'commander';

export interface WitnessStart {
  readonly folder: string;
  /** Verifier keys of the logs that it watches. */
  readonly logs: readonly string[];
  readonly host: string;
  readonly port: number;
}

/** What `eventops witness` does: given by the composition root. */
export interface WitnessActions {
  init(request: { readonly folder: string; readonly name: string }): Promise<void>;
  start(request: WitnessStart): Promise<void>;
}

const collect = (text: string, before: readonly string[] = []) => [...before, text];

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('a port is a number up to 65535');
  return Number(text);
}

/** Adds `eventops witness init|start`. */
export function addWitness(program: Command, actions: WitnessActions): void {
  const witness = program
    .command('witness')
    .description('a witness of audit trees, for a machine that the operators of the log do not own: docs/audit.md');

  witness
    .command('init')
    .description('make a key and a database in a folder, once, and print the verifier key, alone')
    .argument('<folder>', 'of this witness alone')
    .requiredOption('--name <name>', 'of its key, such as witness.example.com/w1')
    .action((folder: string, { name }: { readonly name: string }) => actions.init({ folder, name }));

  witness
    .command('start')
    .description('cosign what is consistent with what was cosigned before, until SIGTERM or SIGINT')
    .argument('<folder>', 'that its init made')
    .requiredOption(
      '--log <key>',
      'the verifier key of a log that it watches (eventops audit key); may be repeated',
      collect,
    )
    .option('--host <host>', 'where it listens', '127.0.0.1')
    .option('--port <port>', 'where it listens', parsePort, 8_100)
    .action((folder: string, { log, ...where }: { log: readonly string[]; host: string; port: number }) =>
      actions.start({ folder, logs: log, ...where }),
    );
}
