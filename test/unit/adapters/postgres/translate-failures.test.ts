import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { translateFailure } from '../../../../src/adapters/postgres/translate-failures.ts';
import { ReadDatabaseRefused, ReadDatabaseUnavailable } from '../../../../src/application/failures.ts';

const answered = (code: string, message = 'no', severity = 'ERROR') =>
  Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code, severity });

describe('what the read database answers', () => {
  it.each([
    ['08P01', 'server login has been failing, try again later (server_login_retry)', 'FATAL'],
    ['08P01', 'query_wait_timeout', 'ERROR'],
    ['08006', 'connection lost', 'ERROR'],
    ['25P02', 'current transaction is aborted', 'ERROR'],
    ['26000', 'prepared statement does not exist', 'ERROR'],
    ['3F000', 'no schema has been selected to create in', 'ERROR'],
    ['40001', 'could not serialize access', 'ERROR'],
    ['53100', 'could not extend file: No space left on device', 'ERROR'],
    ['57P01', 'terminating connection due to administrator command', 'FATAL'],
    ['57P01', 'завершение подключения по команде администратора', 'ВАЖНО'],
    ['58030', 'could not read file', 'ERROR'],
    ['XX000', 'could not open relation', 'ERROR'],
    ['XX001', 'invalid page', 'ERROR'],
    ['22021', 'invalid byte sequence', 'FATAL'],
    ['23505', 'whatever ends the connection is no matter of a row', 'PANIC'],
  ])('as %s (%s, %s) is its own failure, and its sentence is kept', (code, message, severity) => {
    const failure = translateFailure(answered(code, message, severity));
    expect(failure).toBeInstanceOf(ReadDatabaseUnavailable);
    expect(String(failure)).toContain(message);
  });

  it.each([
    ['22P02', 'invalid input syntax for type json'],
    ['22003', 'value overflows numeric format'],
    ['22P05', 'unsupported Unicode escape sequence'],
    ['23502', 'null value violates not-null constraint'],
    ['21000', 'ON CONFLICT DO UPDATE command cannot affect row a second time'],
    ['54000', 'index row size 4096 exceeds btree version 4 maximum 2704'],
    ['P0001', 'a trigger raised it'],
  ])('as %s (%s) is a refusal of the row, and its sentence is kept', (code, message) => {
    const failure = translateFailure(answered(code, message));
    expect(failure).toBeInstanceOf(ReadDatabaseRefused);
    expect(String(failure)).toContain(message);
  });

  it.each([
    'invalid input syntax for type uuid: "card 4242"',
    'invalid input syntax for type uuid: "a "quoted" 4242"',
    'ungültige Eingabesyntax für Typ uuid: „4242“',
    'syntaxe en entrée invalide pour le type uuid : « 4242 »',
    'invalid value \'4242\'\nin line 2 of "4242"',
  ])('is kept without the values that it quotes: %s', (message) => {
    const failure = translateFailure(answered('22P02', message));
    expect(String(failure)).not.toContain('4242');
    expect(String(failure)).toContain(message.slice(0, 12));
  });

  it('stays what it is where a statement of ours is wrong', () => {
    const mistake = answered('42601', 'syntax error');
    expect(translateFailure(mistake)).toBe(mistake);
  });
});
