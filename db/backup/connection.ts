import postgres, { type Sql } from 'postgres'
import { NO_DEADLINES } from '../engines/postgres/deadlines.ts'

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
  // A large table takes what it takes.
  ...NO_DEADLINES,
}

/** One connection of its own, for long statements and for locks that it holds; it never ends by itself. */
export function openAlone(url: string, options: { application_name?: string } = {}): Sql {
  return postgres(url, {
    max: 1,
    max_lifetime: null,
    connect_timeout: 10,
    prepare: false,
    onnotice: () => {},
    connection: { application_name: options.application_name ?? 'doca backup', ...TEXT_FORMAT },
  }) as unknown as Sql
}
