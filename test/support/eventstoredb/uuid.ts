import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import { shared } from './stubs.ts';

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DIGITS_WITH_GROUPS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;
export const EMPTY_UUID = '00000000-0000-0000-0000-000000000000';

const grouped = (digits: string) => digits.replace(DIGITS_WITH_GROUPS, '$1-$2-$3-$4-$5');

/**
 * The id in its canonical form, whichever of the two forms of the protocol it came in.
 * @throws for what .NET does not take for a Guid, with .NET's words.
 */
export function readUuid(message: UUID | undefined): string {
  if (message === undefined) throw new Error("Value cannot be null. (Parameter 'dto')");
  if (message.hasString()) return parseUuid(message.getString());
  const structured = message.getStructured();
  if (structured === undefined) throw new Error("Invalid argument: None (Parameter 'dto')");
  const half = (bits: string) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  return grouped(half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits()));
}

function parseUuid(text: string): string {
  if (CANONICAL.test(text)) return text;
  const digits = text
    .trim()
    .replace(/^[{(](.*)[)}]$/, '$1')
    .toLowerCase()
    .replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) throw new Error('Unrecognized Guid format.');
  return grouped(digits);
}

export const uuidBytes = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex');
export const uuidOfBytes = (bytes: Buffer) => grouped(bytes.toString('hex'));

const signed = (digits: string) => BigInt.asIntN(64, BigInt(`0x${digits}`)).toString();

export function structuredUuid(uuid: string): UUID {
  const digits = uuid.replaceAll('-', '');
  const bits = new shared.UUID.Structured()
    .setMostSignificantBits(signed(digits.slice(0, 16)))
    .setLeastSignificantBits(signed(digits.slice(16)));
  return new shared.UUID().setStructured(bits);
}
