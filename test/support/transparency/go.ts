import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian puts the package golang-golang-x-mod-dev. */
const SOURCES = '/usr/share/gocode';
const GO = ['/usr/bin/go', '/usr/local/go/bin/go'].find((path) => existsSync(path));

/** Whether golang.org/x/mod/sumdb, the module that `go get` itself relies on, can be asked here. */
export const isGoHere = GO !== undefined && existsSync(join(SOURCES, 'src/golang.org/x/mod/sumdb/tlog'));
if (!isGoHere)
  console.log('SKIPPED: Go does not verify our proofs here; install golang-go and golang-golang-x-mod-dev');

/** What a program of this folder answers, JSON in and out. */
export function askGo(program: 'verify-with-go' | 'verify-tiles-with-go', question: object): unknown {
  const cache = mkdtempSync(join(tmpdir(), 'eventops-go-'));
  try {
    const path = `test/support/transparency/${program}/main.go`;
    const env = { GO111MODULE: 'off', GOPATH: SOURCES, GOCACHE: cache, GOTELEMETRY: 'off', CGO_ENABLED: '0' };
    return JSON.parse(
      execFileSync(GO ?? '', ['run', path], {
        ...{ input: JSON.stringify(question), env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      }),
    );
  } finally {
    rmSync(cache, { recursive: true });
  }
}
