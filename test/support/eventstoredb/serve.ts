import { parseArgs } from 'node:util';
import { listenForControl } from './faults/control-port.ts';
import { startProtocolServer } from './start-protocol-server.ts';

const USAGE =
  'usage: node test/support/eventstoredb/serve.ts --port N --data FOLDER [--control-port N] [--certificate FILE --key FILE]';
const WRONG_USE = 2;
const FAILED = 1;

function leave(code: number, message: string): never {
  console.error(message);
  process.exit(code);
}

function portNamed(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  return leave(WRONG_USE, `--${name} must be a port, from 0 (any free one) to 65535, not '${text}'\n${USAGE}`);
}

function settings() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      options: { port: text, data: text, 'control-port': text, certificate: text, key: text },
    });
    const port = portNamed('port', values.port);
    const { data: folder, certificate, key } = values;
    if (port === undefined || folder === undefined) return leave(WRONG_USE, USAGE);
    if ((certificate === undefined) !== (key === undefined)) return leave(WRONG_USE, USAGE);
    const tls = certificate === undefined || key === undefined ? undefined : { certificate, key };
    return { port, folder, tls, controlPort: portNamed('control-port', values['control-port']) };
  } catch (error) {
    return leave(WRONG_USE, `${(error as Error).message}\n${USAGE}`);
  }
}

const { controlPort, ...options } = settings();
try {
  const server = await startProtocolServer(options);
  const control = controlPort === undefined ? undefined : await listenForControl(server.faults, controlPort);
  const stop = async () => {
    await control?.close();
    await server.stop();
    process.exit();
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  if (server.cutOffBytes > 0) {
    console.error(`Cut ${server.cutOffBytes} bytes of an unfinished write, which nobody was told of, off the log.`);
  }
  const controlled = control ? `, control port ${control.port}` : '';
  console.log(`Protocol server ready: ${server.url}, data in ${options.folder}${controlled}`);
} catch (error) {
  leave(FAILED, (error as Error).message);
}
