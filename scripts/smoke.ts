// Whether an EventOps that runs anywhere takes, processes, shows and replays events:
// `npm run smoke -- --url https://eventops.example --token …`. The token may be EVENTOPS_TOKEN instead, which no list of processes shows.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { callsOf } from './smoke/client.ts';
import { lineOf, runSteps } from './smoke/run-steps.ts';
import { stepsOf } from './smoke/steps.ts';

const USAGE = `Usage: npm run smoke -- --url URL [--token TOKEN]
  --type TYPE --payload JSON            an event that a handler processes: order.placed unless given
  --dead-type TYPE --dead-payload JSON  one that becomes a dead letter without retries: smoke.without-a-handler unless given,
                                        which is one wherever no handler takes 'smoke.*' or '*'
The token (or EVENTOPS_TOKEN) needs events:write, events:read, audit:read, events:replay and events:discard, as an admin has.`;

function leave(message: string): never {
  process.stderr.write(`${message}\n${USAGE}\n`);
  return process.exit(2);
}

function options() {
  try {
    return parseArgs({
      options: {
        url: { type: 'string' },
        token: { type: 'string', default: process.env['EVENTOPS_TOKEN'] ?? '' },
        type: { type: 'string', default: 'order.placed' },
        payload: { type: 'string', default: '{"orderId":"smoke"}' },
        'dead-type': { type: 'string', default: 'smoke.without-a-handler' },
        'dead-payload': { type: 'string', default: '{}' },
      },
    }).values;
  } catch (error) {
    return leave((error as Error).message);
  }
}

function parsed(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return leave(`--${option} is no JSON`);
  }
}

const { url = '', token, type, payload, 'dead-type': deadType, 'dead-payload': deadPayload } = options();
if (!/^https?:\/\//.test(url) || !URL.canParse(url))
  leave('--url is where the API is, such as https://eventops.example');
if (token === '') leave('--token (or EVENTOPS_TOKEN) is missing');
const steps = stepsOf({
  call: callsOf(url.replace(/\/+$/, ''), token),
  run: randomUUID().slice(0, 8),
  processed: { type, payload: parsed('payload', payload) },
  dead: { type: deadType, payload: parsed('dead-payload', deadPayload) },
});
const succeeded = await runSteps(steps, (outcome) => process.stdout.write(`${lineOf(outcome)}\n`));
process.stdout.write(succeeded ? `All ${steps.length} steps passed at ${url}\n` : `Failed at ${url}\n`);
process.exitCode = succeeded ? 0 : 1;
