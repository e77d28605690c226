import { grpc, ServerFeaturesClient, StreamsClient, shared, streams } from '../stubs.ts';
import { type AppendAnswer, type Failure, failureOf, unaryAnswer } from './answers.ts';
import { Batch } from './batch.ts';
import { type Expectation, expectOn, identifierOf, type LabelledEvent, proposedMessage } from './labelled-events.ts';
import { openRead, type ReadOptions, readRequest } from './read-request.ts';
import { Received } from './received.ts';

/** A client of the bare protocol, for tests of the server: no retries, nothing cached, every answer as it came. */
export class Conversation {
  readonly #port: number;
  #client: InstanceType<typeof StreamsClient>;
  #features: InstanceType<typeof ServerFeaturesClient>;

  constructor(port: number) {
    this.#port = port;
    [this.#client, this.#features] = this.#connect();
  }

  #connect() {
    const options = { 'grpc.max_receive_message_length': -1, 'grpc.use_local_subchannel_pool': 1 };
    const credentials = grpc.credentials.createInsecure();
    const address = `127.0.0.1:${this.#port}`;
    return [
      new StreamsClient(address, credentials, options),
      new ServerFeaturesClient(address, credentials, options),
    ] as const;
  }

  /** New connections. A call on an old one fails where it has been dropped without the client's having noticed. */
  reconnect(): void {
    this.close();
    [this.#client, this.#features] = this.#connect();
  }

  close(): void {
    this.#client.close();
    this.#features.close();
  }

  /** Over a batch call of its own. */
  async append(
    stream: string,
    expected: Expectation,
    events: readonly (string | LabelledEvent)[],
  ): Promise<AppendAnswer> {
    const batch = this.batch();
    try {
      return await batch.answerTo(batch.request({ stream, expected, events }));
    } finally {
      batch.close();
    }
  }

  appendUnary(
    stream: string,
    expected: Expectation,
    events: readonly (string | LabelledEvent)[],
  ): Promise<AppendAnswer> {
    return new Promise((resolve) => {
      const call = this.#client.append((error, response) => resolve(error ? failureOf(error) : unaryAnswer(response)));
      call.on('error', () => {});
      const options = new streams.AppendReq.Options().setStreamIdentifier(identifierOf(stream));
      expectOn(options, expected, (revision) => options.setRevision(revision));
      call.write(new streams.AppendReq().setOptions(options));
      for (const event of events) {
        const message = proposedMessage(streams.AppendReq.ProposedMessage, event);
        call.write(new streams.AppendReq().setProposedMessage(message));
      }
      call.end();
    });
  }

  batch(): Batch {
    return new Batch(this.#client.batchAppend());
  }

  delete(stream: string, expected: Expectation = 'any'): Promise<number | Failure> {
    const options = new streams.DeleteReq.Options().setStreamIdentifier(identifierOf(stream));
    expectOn(options, expected, (revision) => options.setRevision(revision));
    return new Promise((resolve) => {
      this.#client.delete(new streams.DeleteReq().setOptions(options), (error, response) =>
        resolve(error ? failureOf(error) : Number(response?.getPosition()?.getCommitPosition())),
      );
    });
  }

  tombstone(stream: string, expected: Expectation = 'any'): Promise<number | Failure> {
    const options = new streams.TombstoneReq.Options().setStreamIdentifier(identifierOf(stream));
    expectOn(options, expected, (revision) => options.setRevision(revision));
    return new Promise((resolve) => {
      this.#client.tombstone(new streams.TombstoneReq().setOptions(options), (error, response) =>
        resolve(error ? failureOf(error) : Number(response?.getPosition()?.getCommitPosition())),
      );
    });
  }

  /** Everything that a read answers, to its end. */
  async read(options: ReadOptions = {}): Promise<readonly string[]> {
    const received = new Received(openRead(this.#client, readRequest(options)));
    return (await received.toTheEnd()).map(({ word }) => word);
  }

  /** A read or subscription that goes on. */
  open(options: ReadOptions): Received {
    return new Received(openRead(this.#client, readRequest(options)));
  }
  subscribe(options: ReadOptions = {}): Received {
    return this.open({ ...options, subscribes: true });
  }

  features(): Promise<readonly string[] | Failure> {
    return new Promise((resolve) => {
      this.#features.getSupportedMethods(new shared.Empty(), (error, response) =>
        resolve(
          error
            ? failureOf(error)
            : (response?.getMethodsList() ?? []).map((one) => `${one.getServiceName()}/${one.getMethodName()}`),
        ),
      );
    });
  }
}
