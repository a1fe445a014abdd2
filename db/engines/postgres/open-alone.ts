import postgres, { type Sql } from 'postgres'
import { NO_DEADLINES } from './deadlines.ts'

/** How values are written as text, the same on every server, so that equal rows give equal bytes. */
const TEXT_FORMAT = {
  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmloption: 'content',
  // A scan that joins another in the middle of a table would give the rows in another order.
  synchronize_seqscans: 'off',
  // A large table takes its time.
  ...NO_DEADLINES,
}

/**
 * One connection of its own, without deadlines: for long statements, for locks that it holds, and for questions that must
 * not wait behind a pool's. It never ends by itself.
 */
export function openAlone(url: string, application_name: string, { connect_timeout_s = 10 } = {}): Sql {
  return postgres(url, {
    max: 1,
    max_lifetime: null,
    connect_timeout: connect_timeout_s,
    prepare: false,
    onnotice: () => {},
    connection: { application_name, ...TEXT_FORMAT },
  }) as unknown as Sql
}
