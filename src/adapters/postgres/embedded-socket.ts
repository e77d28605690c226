import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../application/module-beside.ts';
import type { WorkerAnswer, WorkerRequest } from './embedded-worker.ts';
import { joinBytes } from './join-bytes.ts';

/**
 * PGlite cannot be asked to give up a statement: its thread is busy with it. A statement that takes longer than this
 * costs the thread, and a new one goes on from the files as after a crash. Generous, because housekeeping counts, too.
 */
const LONGEST_ANSWER_MS = 60_000;

const workerFile = moduleBeside(import.meta.url, './embedded-worker');

/**
 * What `pg` takes for a socket to a server: a thread with PGlite in it that lives as long as the connection. Whatever
 * goes wrong in there ends both, and the pool's next connection starts from the files.
 */
export class EmbeddedSocket extends Duplex {
  readonly #folder: () => Promise<string>;
  readonly #onComplaint: (complaint: string) => void;
  #worker: Worker | null = null;
  #deadline: NodeJS.Timeout | undefined;
  /** Resolves once no thread of this socket holds the files. */
  readonly ended: Promise<void>;
  readonly #end: () => void;

  /**
   * @param folder PGlite's files, once they may be opened.
   * @param onComplaint called with what the thread could not do of its own work.
   */
  constructor(folder: () => Promise<string>, onComplaint: (complaint: string) => void = () => {}) {
    super();
    this.#folder = folder;
    this.#onComplaint = onComplaint;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Called by `pg`, as the four after it are. */
  connect(): this {
    void this.#start();
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    this.#worker?.ref();
    return this;
  }
  unref(): this {
    this.#worker?.unref();
    return this;
  }

  async #start(): Promise<void> {
    try {
      const folder = await this.#folder();
      if (this.destroyed) return this.#end();
      const worker = new Worker(workerFile, { workerData: { folder } });
      this.#worker = worker;
      worker.on('message', (answer: WorkerAnswer) => this.#take(answer));
      worker.on('error', (error) => this.destroy(error));
      worker.on('exit', () => {
        this.#end();
        this.destroy(this.writableEnded ? undefined : new Error('The thread of the read database ended'));
      });
    } catch (error) {
      this.#end();
      this.destroy(error as Error);
    }
  }

  #take(answer: WorkerAnswer): void {
    if (answer === 'ready') return void this.emit('connect');
    if ('complaint' in answer) return this.#onComplaint(answer.complaint);
    clearTimeout(this.#deadline);
    this.push(answer);
  }

  #ask(request: WorkerRequest): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      this.destroy(new Error(`The read database did not answer within ${LONGEST_ANSWER_MS} ms`));
    }, LONGEST_ANSWER_MS);
    this.#worker?.postMessage(request, request === 'close' ? [] : [request.buffer]);
  }

  /** `pg` has one query under way at a time, so there is nothing to hold back in either direction. */
  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#ask(joinBytes([chunk]));
    done();
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.#ask(joinBytes(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: () => void): void {
    if (this.#worker === null) return done();
    this.#ask('close');
    void this.ended.then(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#deadline);
    if (this.#worker === null) return done(error);
    void this.#worker.terminate().then(() => done(error));
  }
}
