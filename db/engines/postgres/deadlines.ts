/**
 * How long a statement may take. It is said once, where a connection is opened.
 *
 * - A statement that takes too long, or waits too long for a lock, is ended by the server (57014, 55P03). A transaction
 *   that needs longer says so: `set local statement_timeout = '60s'`.
 * - A transaction in which nothing happens is ended by the server, with its locks: its program is frozen.
 * - A server that says nothing at all, frozen or behind a cut network, cannot end anything. The driver notices it
 *   (patches/), and asks the server over another connection; unless it is at work, the connection is closed, and its
 *   statements fail at once (CONNECTION_CLOSED).
 *
 * The settings are parameters of the connection's start. PgBouncer refuses those (`ignore_startup_parameters` lets them
 * pass, without effect), and keeps no LISTEN and no session's lock in transaction mode either: DATABASE_URL names the
 * server itself.
 */
export interface Deadlines {
  statement_timeout_s: number
  /** Unset: a statement may wait for locks all its time. */
  lock_timeout_s?: number | undefined
  /** How long the server may say nothing; unset: a little longer than a statement may take. */
  silence_s?: number
}

/** A program's statements are small. */
export const STATEMENT_TIMEOUT_S = 15
/** More than any program of ours thinks in the middle of a transaction. */
const IDLE_IN_TRANSACTION_S = 60
/** On top of a statement's time, for what the network takes. */
const GRACE_S = 5

/** Parameters of a connection's start. */
export function deadlineParameters({ statement_timeout_s, lock_timeout_s }: Deadlines) {
  return {
    statement_timeout: statement_timeout_s * 1000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_S * 1000,
    ...(lock_timeout_s !== undefined && { lock_timeout: lock_timeout_s * 1000 }),
  }
}

export const silenceLimit = ({ statement_timeout_s, silence_s = statement_timeout_s + GRACE_S }: Deadlines) => silence_s

/** For statements that take what they take, and locks that are waited for; not 0, which postgres.js leaves out. */
export const NO_DEADLINES: object = {
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
}
