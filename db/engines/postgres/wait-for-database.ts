/** A database that is late is waited for; one that refuses us for good is not, and each is said in its own words. */
import postgres from 'postgres'
import type { Translated } from '../../../lib/texts.ts'
import { AppError, messageOf, sentenceOf } from '../../../lib/errors.ts'
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
        () => reject(Object.assign(new Error(`no answer that PostgreSQL gives within ${timeout_s} s`), LATE)),
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
  throw new AppError('unavailable', 'database_too_old', {
    en: `The database at ${hostOf(url)} is PostgreSQL ${Math.floor(version / 10_000)}; Doca needs 15 or later.`,
    pt: `O banco em ${hostOf(url)} é o PostgreSQL ${Math.floor(version / 10_000)}; o Doca precisa do 15 ou mais novo.`,
  })
}

/** Refusals that waiting does not change: a wrong password, a missing database, an old server. */
function refusedForGood(thrown: unknown, url: string): AppError | undefined {
  if (thrown instanceof AppError) return thrown
  const { username, pathname } = new URL(url)
  const why = sentenceOf(thrown)
  const known: Record<string, Translated> = {
    '28P01': {
      en: `refuses the password of user "${username}"; correct DATABASE_URL`,
      pt: `recusa a senha do usuário "${username}"; corrija DATABASE_URL`,
    },
    '28000': {
      en: `refuses user "${username}" (${why.en}); correct DATABASE_URL, or let that user in`,
      pt: `recusa o usuário "${username}" (${why.pt}); corrija DATABASE_URL, ou dê acesso a ele`,
    },
    '3D000': {
      en: `has no database "${pathname.slice(1)}"; create it, or correct DATABASE_URL`,
      pt: `não tem o banco "${pathname.slice(1)}"; crie-o, ou corrija DATABASE_URL`,
    },
    '42501': {
      en: `does not let user "${username}" in (${why.en}); grant it that right, or correct DATABASE_URL`,
      pt: `não deixa o usuário "${username}" entrar (${why.pt}); dê a ele esse direito, ou corrija DATABASE_URL`,
    },
  }
  const sentence = known[(thrown as { code?: string }).code ?? '']
  if (!sentence) return undefined
  const detail = {
    en: `PostgreSQL at ${hostOf(url)} ${sentence.en}.`,
    pt: `O PostgreSQL em ${hostOf(url)} ${sentence.pt}.`,
  }
  return new AppError('unavailable', 'database_refused', detail, { cause: thrown })
}

function nothingThere(cause: unknown, url: string, wait_s: number): AppError {
  const why = sentenceOf(cause)
  const detail = {
    en: `No PostgreSQL answers at ${hostOf(url)}, and ${wait_s} s were waited (${why.en}); start it, correct DATABASE_URL, or raise DATABASE_WAIT_S.`,
    pt: `Nenhum PostgreSQL responde em ${hostOf(url)}, e já se esperou ${wait_s} s (${why.pt}); inicie-o, corrija DATABASE_URL, ou aumente DATABASE_WAIT_S.`,
  }
  return new AppError('unavailable', 'database_unreachable', detail, { cause })
}

/** Host and port; never user and password. */
function hostOf(url: string): string {
  const { hostname, port } = new URL(url)
  return `${hostname || 'localhost'}:${port || 5432}`
}

/** As postgres.js has it. */
const LATE = { code: 'CONNECT_TIMEOUT' }
