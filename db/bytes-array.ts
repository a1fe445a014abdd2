import type { ArrayParameter, Sql } from 'postgres'

/** The type's number in PostgreSQL. */
const BYTEA = 17

/** A bytea[] parameter. Left to guess, postgres.js takes an array of bytes for bytes. */
export function bytesArray(sql: Sql, items: Array<Uint8Array | null>): ArrayParameter<Uint8Array[]> {
  return sql.array(items as Uint8Array[], BYTEA)
}
