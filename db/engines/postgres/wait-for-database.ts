/** A database that is late is waited for; one that refuses us for good is not, and each is said in its own words. */
import postgres from 'postgres'
import { AppError, messageOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'

const MIN_VERSION = 150_000
/** For one attempt: a name server or a firewall that stays silent must not use up the whole wait. */
const ATTEMPT_S = 5
const PAUSE_MS = 200

/** Resolves once the database of `url` answers; throws AppError, which never holds the password, after `wait_s`. */
export async function waitForDatabase(url: string, wait_s: number, log: Log): Promise<void> {
  const deadline = Date.now() + wait_s * 1000
  for (let reported = false; ; reported = true) {
    const left_s = (deadline - Date.now()) / 1000
    try {
      return checkVersion(await askVersion(url, Math.max(1, Math.min(ATTEMPT_S, Math.ceil(left_s)))), url)
    } catch (cause) {
      const refusal = refusedForGood(cause, url)
      if (refusal) throw refusal
      if (Date.now() + PAUSE_MS > deadline) throw nothingThere(cause, url, wait_s)
      if (!reported) log.warn(`waiting up to ${wait_s} s for the database at ${hostOf(url)}: ${messageOf(cause)}`)
    }
    await Bun.sleep(PAUSE_MS)
  }
}

async function askVersion(url: string, timeout_s: number): Promise<number> {
  const sql = postgres(url, { max: 1, connect_timeout: timeout_s, fetch_types: false, onnotice: () => {} })
  let timer: Timer | undefined
  try {
    const asked = sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`
    // postgres.js connects again without end, and without a pause, to whatever accepts and closes without a word.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer that PostgreSQL gives within ${timeout_s} s`)),
        timeout_s * 1000,
      )
    })
    const [row] = await Promise.race([asked, late])
    return row!.version
  } finally {
    clearTimeout(timer)
    await sql.end({ timeout: 0 })
  }
}

function checkVersion(version: number, url: string): void {
  if (version >= MIN_VERSION) return
  throw new AppError(
    'unavailable',
    'database_too_old',
    `The database at ${hostOf(url)} is PostgreSQL ${Math.floor(version / 10_000)}; Doca needs 15 or later.`,
  )
}

/** Refusals that waiting does not change: a wrong password, a missing database, an old server. */
function refusedForGood(thrown: unknown, url: string): AppError | undefined {
  if (thrown instanceof AppError) return thrown
  const { username, pathname } = new URL(url)
  const known: Record<string, string> = {
    '28P01': `refuses the password of user "${username}"; correct DATABASE_URL`,
    '28000': `refuses user "${username}" (${messageOf(thrown)}); correct DATABASE_URL, or let that user in`,
    '3D000': `has no database "${pathname.slice(1)}"; create it, or correct DATABASE_URL`,
    '42501': `does not let user "${username}" in (${messageOf(thrown)}); grant it that right, or correct DATABASE_URL`,
  }
  const sentence = known[(thrown as { code?: string }).code ?? '']
  if (!sentence) return undefined
  return new AppError('unavailable', 'database_refused', `PostgreSQL at ${hostOf(url)} ${sentence}.`, { cause: thrown })
}

function nothingThere(cause: unknown, url: string, wait_s: number): AppError {
  return new AppError(
    'unavailable',
    'database_unreachable',
    `No PostgreSQL answers at ${hostOf(url)}, and ${wait_s} s were waited (${messageOf(cause)}); ` +
      'start it, correct DATABASE_URL, or raise DATABASE_WAIT_S.',
    { cause },
  )
}

/** Host and port; never user and password. */
function hostOf(url: string): string {
  const { hostname, port } = new URL(url)
  return `${hostname || 'localhost'}:${port || 5432}`
}
