/**
 * A consumer's own few connections, apart from the program's pool, for two reasons. postgres.js sends a statement
 * behind whatever a busy connection is doing, so a handler's slow statement would delay a lease's renewal. And
 * PostgreSQL plans badly for a table that is empty most of the time and full now and then: what it knows of it, and
 * the plans it keeps, are from when it was empty, and read the whole table for each row (measured: 150 instead of
 * 9,000 messages a second).
 */
import postgres, { type Sql } from 'postgres'
import { deadlineParameters, silenceLimit, type Deadlines } from './deadlines.ts'

const CONNECTIONS = 2
/** Of what follows an index, row by row. */
const DEADLINES: Deadlines = { statement_timeout_s: 15 }
/**
 * A program that is frozen between two statements of a transaction keeps the rows that it locked from all others. No
 * bookkeeping waits for anything in the middle.
 */
const IDLE_IN_TRANSACTION_MS = 5000

/** Every statement of a consumer is meant to follow an index, row by row. */
const SETTINGS = {
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // Before PostgreSQL 18 a plan that cannot avoid what is off seems so dear that it would be compiled.
  jit: 'off',
}

/**
 * Connects at its first statement, to the same database and in the same way as `sql`; to be ended by its owner.
 * `plan`: for the values and the table as they are now; or `once` per statement and connection, where the statements
 * leave no choice of an index and planning is what takes long.
 */
export function bookkeepingPool(
  sql: Sql,
  { connections = CONNECTIONS, plan = 'anew' }: { connections?: number; plan?: 'anew' | 'once' } = {},
): Sql {
  const { options } = sql
  const plan_cache_mode = plan === 'anew' ? 'force_custom_plan' : 'force_generic_plan'
  const connection = { ...options.connection, ...deadlineParameters(DEADLINES), ...SETTINGS, plan_cache_mode }
  const { silence } = options as { silence?: object }
  const limited = silence && { ...silence, after_s: silenceLimit(DEADLINES) }
  return postgres({ ...options, max: connections, connection, silence: limited } as object) as unknown as Sql
}
