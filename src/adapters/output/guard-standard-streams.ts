import { constants } from 'node:os';
import { createOutput, type Output } from './bounded-output.ts';
import { standardDescriptor } from './descriptor.ts';

export interface StandardOutputs {
  readonly standardOutput: Output;
  readonly standardError: Output;
}

/**
 * Makes standard output and standard error of this process bounded outputs, whoever writes there: `console`, libraries,
 * handlers. From then on neither can hold or end the process. Once for each process, before anything is written.
 */
export function guardStandardStreams(): StandardOutputs {
  const standardOutput = guard(process.stdout, 1);
  const standardError = guard(process.stderr, 2);
  process.on('exit', () => {
    standardOutput.flushNow();
    standardError.flushNow();
  });
  // A limit of the shell on the size of files is an error of the write, not the end of the process.
  if ('SIGXFSZ' in constants.signals) process.on('SIGXFSZ', () => {});
  return { standardOutput, standardError };
}

function guard(stream: NodeJS.WriteStream, number: 1 | 2): Output {
  const output = createOutput({ descriptor: standardDescriptor(number), describeLoss });
  // What was written before, and its failure, is still the stream's.
  stream.on('error', () => {});
  stream.write = (
    text: string | Uint8Array,
    encoding?: BufferEncoding | (() => void),
    written?: () => void,
  ): boolean => {
    output.write(typeof text === 'string' && typeof encoding === 'string' ? Buffer.from(text, encoding) : text);
    const callback = typeof encoding === 'function' ? encoding : written;
    if (callback) process.nextTick(callback);
    return true;
  };
  return output;
}

/** A line of its own among lines of JSON, in the form that they have. */
const describeLoss = (droppedTexts: number) =>
  `${JSON.stringify({ level: 40, time: new Date().toISOString(), droppedTexts, msg: 'lines are missing here: they could not be written' })}\n`;
