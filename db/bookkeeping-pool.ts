/**
 * A consumer's own few connections, apart from the program's pool, for two reasons. postgres.js sends a statement
 * behind whatever a busy connection is doing, so a handler's slow statement would delay a lease's renewal. And
 * PostgreSQL plans badly for a table that is empty most of the time and full now and then: what it knows of it, and
 * the plans it keeps, are from when it was empty, and read the whole table for each row (measured: 150 instead of
 * 9,000 messages a second).
 */
import postgres, { type Sql } from 'postgres'

const CONNECTIONS = 2

/** Every statement of a consumer is meant to follow an index, row by row; its plan is made for the table as it is now. */
const FOLLOW_INDEXES = {
  plan_cache_mode: 'force_custom_plan',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // Before PostgreSQL 18 a plan that cannot avoid what is off looks so dear that it would be compiled.
  jit: 'off',
}

/** Connects at its first statement, to the same database and in the same way as `sql`; to be ended by its owner. */
export function bookkeepingPool(sql: Sql): Sql {
  const { options } = sql
  const connection = { ...options.connection, ...FOLLOW_INDEXES }
  return postgres({ ...options, max: CONNECTIONS, connection } as object) as unknown as Sql
}
