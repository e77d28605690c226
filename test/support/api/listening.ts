import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { answersSeen } from './answers-seen.ts';
import type { ApiUnderTest } from './api-under-test.ts';
import { faultOf, problemSchema } from './document-in-use.ts';

/** The API on a port of its own, to be talked to by bytes. */
export async function listening({ server }: Pick<ApiUnderTest, 'server'>) {
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const port = Number(new URL(url).port);
  return {
    url,
    /** A connection; destroyed with the test. */
    open(): Promise<Socket> {
      const socket = connect(port, '127.0.0.1');
      onTestFinished(() => {
        socket.destroy();
      });
      return new Promise((resolve, reject) => socket.once('connect', () => resolve(socket)).once('error', reject));
    },
  };
}

/** All that comes back until the other side closes. */
export function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => {
    socket.once('close', () => resolve(text)).on('error', () => {});
  });
}

/** Status, content type and body of an answer as it stands on the wire. */
export function parsed(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
  const status = Number(head.split(' ', 2)[1]);
  const type = /^content-type: (.*)$/im.exec(head)?.[1];
  const problem = JSON.parse(body || 'null');
  if (type?.startsWith('application/problem+json') === true) holdProblem(status, problem);
  return { status, type, isClosing: /^connection: close$/im.test(head), problem };
}

/** A problem that may have been sent before there was a route, so that nothing else has looked at it. */
function holdProblem(status: number, problem: { readonly code: string }): void {
  const fault = faultOf(problemSchema, problem);
  if (fault !== null) throw new Error(`a problem is not as the document says: ${fault}`);
  const seen = answersSeen();
  seen.saw(null, status, problem.code);
  seen.leave();
}
