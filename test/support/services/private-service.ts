/**
 * A server of our own from locally installed binaries: on the loopback interface only, on free ports, with a password of
 * its own, and with all its data in one folder. Started again on the same folder it has its data, its password and, if
 * nobody took them meanwhile, its ports.
 */
export interface PrivateService {
  /** With user and password. Known once it was started. */
  readonly url: string;
  /** Of the server process, while it runs: for reading what it uses. */
  pid(): number;
  /** Resolves once a canary went through. */
  start(): Promise<void>;
  /** In good order. Safe when it does not run. */
  stop(): Promise<void>;
  /** By SIGKILL, with all that belongs to it. */
  kill(): Promise<void>;
  /** By SIGSTOP: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Forgets all data, as a machine does that is set up again. Only while it does not run. */
  wipe(): Promise<void>;
}

export type Found<Binaries> =
  | { readonly found: true; readonly binaries: Binaries }
  | { readonly found: false; readonly why: string };
