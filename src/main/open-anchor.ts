import { AuditKeyUnusable, auditKeyIn, readAuditKey } from '../adapters/audit-key/audit-key.ts';
import type { Metrics } from '../adapters/telemetry/metrics/metrics.ts';
import { anchoredPrefixes, createAnchor } from '../application/anchoring/anchor.ts';
import { createAnchorService } from '../application/anchoring/anchor-service.ts';
import type { KnownWitness } from '../application/anchoring/ask-witness.ts';
import { createCosigning } from '../application/anchoring/cosigning.ts';
import type { BackgroundService } from '../application/ports/background-service.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { OutboundHttp } from '../application/ports/outbound-http.ts';
import type { Random } from '../application/ports/random.ts';
import { createRepeatingReport } from '../application/repeating-report.ts';
import { Malformed, NotTrusted } from '../application/transparency/failures.ts';
import {
  COSIGNATURE,
  NOTE_SIGNATURE,
  parseVerifierKey,
  type SigningKey,
  signingKey,
} from '../application/transparency/keys.ts';
import { requireType } from '../application/transparency/signatures.ts';
import { whileLeased } from '../application/while-leased.ts';
import type { Config } from '../config/config.ts';
import { wrongSettings } from './cannot-start.ts';
import { followLog } from './follow-log.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { openFullTiles, openTreeStore } from './open-tree.ts';
import type { Parts } from './parts.ts';

interface Given {
  readonly config: Config;
  readonly parts: Pick<Parts, 'log' | 'leases' | 'readTables'>;
  readonly metrics: Pick<Metrics, 'audit' | 'counted'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly processName: string;
}

/** The role that anchors the log in the audit tree. @throws {CannotStart} */
export async function openAnchor(given: Given): Promise<BackgroundService> {
  const { config, parts, metrics, clock, logger, random, processName } = given;
  const { log, leases } = parts;
  const key = await openAuditKey(config);
  const { signed, cosigned } = metrics.audit();
  const witnesses = witnessesIn(config);
  const http = witnesses.length === 0 ? null : await openHttp(witnesses);
  const fullTiles = await openFullTiles(config);
  for (const { key: witness } of witnesses) cosigned(witness.name, 0);

  const begin = (lease: Lease | null): BackgroundService => {
    const store = fullTiles.inStore(openTreeStore(config, parts, lease));
    const onSigned = ({ size }: { readonly size: number }) => {
      signed(size);
      cosigning?.checkpointSigned();
    };
    const anchor = createAnchor({ log, store, key, clock, random, logger, onSigned });
    const cosigning =
      http && createCosigning({ anchor, tree: store, witnesses, http, clock, logger, onCosigned: cosigned });
    return createAnchorService({
      anchor,
      cosigning,
      following: followLog(log, metrics.counted(anchor), { clock, logger, streamPrefixes: anchoredPrefixes }),
      checkpointEveryMs: config.auditCheckpointSeconds * 1_000,
      clock,
      report: createRepeatingReport({ logger, clock }),
    });
  };
  const service =
    leases === null ? begin(null) : whileLeased({ leases, name: 'anchor', owner: processName, begin, clock, logger });
  const { notice, ...others } = service;
  // A log that contradicts what was signed is for operators; who sends events can do nothing about it.
  return {
    ...others,
    isDispensable: true,
    ...(http === null || notice === undefined ? {} : { notice, noticeAbout: 'witnesses' }),
  };
}

/** The key that checkpoints are signed with, under the name of the log. @throws {CannotStart} */
async function openAuditKey({ auditKeyFile, auditOrigin, dataFolder }: Config): Promise<SigningKey> {
  try {
    if (auditKeyFile === null) makeDataFolder(dataFolder);
    const key = auditKeyFile === null ? await auditKeyIn(dataFolder) : await readAuditKey(auditKeyFile);
    return signingKey(auditOrigin, NOTE_SIGNATURE, key);
  } catch (error) {
    if (!(error instanceof AuditKeyUnusable)) throw error;
    throw wrongSettings([`${auditKeyFile === null ? 'DATA_DIR' : 'AUDIT_KEY_FILE'}: ${error.message}`], error);
  }
}

/** @throws {CannotStart} */
function witnessesIn({ auditWitnesses }: Config): readonly KnownWitness[] {
  try {
    const witnesses = auditWitnesses.map(({ vkey, url }) => ({
      key: requireType(parseVerifierKey(vkey), COSIGNATURE),
      url: new URL(`${url}/add-checkpoint`),
    }));
    if (new Set(witnesses.map(({ key }) => key.name)).size === witnesses.length) return witnesses;
    throw new Malformed('The list', 'names a witness twice');
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof NotTrusted)) throw error;
    throw wrongSettings([`AUDIT_WITNESSES: ${error.message}`], error);
  }
}

/** The guarded client, which is not loaded where there is no witness. */
async function openHttp(witnesses: readonly KnownWitness[]): Promise<OutboundHttp> {
  const { createOutboundHttp } = await import('../adapters/outbound/outbound-http.ts');
  return createOutboundHttp({ trustedOrigins: witnesses.map(({ url }) => url.origin) });
}
