/**
 * Watches the database from every replica, by a timer: a database that is down runs no job and has no outbox. After a few
 * failures the alert goes straight to the channels, and a file keeps what was told. Once the database answers, the outage
 * is recorded there, with its end to tell. Every step may be repeated, so that a kill between two of them costs at most a
 * message that comes twice. Of the programs on one machine one tells; other machines may tell the same outage.
 *
 * The database is answering, failing (too seldom to tell), or out: told on every channel until it answers again. Then the
 * outage is to be recorded, which every check tries until it succeeds.
 */
import { hostname } from 'node:os'
import { sharedId, type Beforehand, type DatabaseWatch, type Outage } from '../../db/alerts/database-outage.ts'
import { sentenceOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { sleep } from '../../lib/retry.ts'
import { networkText } from '../../lib/network-texts.ts'
import type { Locale, Translated } from '../../lib/texts.ts'
import type { Settings } from '../../db/alerts/settings.ts'
import { withoutSecrets, type Channel } from '../../db/alerts/delivery/channel.ts'
import type { FileLock } from '../../db/engines/embedded/lock-file.ts'
import type { OutageFiles } from './outage-file.ts'
import { isTold, tellOutage } from './tell-outage.ts'

export interface WatchParts {
  database: DatabaseWatch
  channels: Channel[]
  files: OutageFiles
  check_s: number
  /** Of the rule DB_CONNECTION_LOST. */
  settings: Settings
  /** No message may show them. */
  secrets: string[]
  log: Log
  locale: Locale
}

export function startWatch(parts: WatchParts): Watch {
  const watch = new Watch(parts)
  watch.start()
  return watch
}

type Known = Pick<Beforehand, 'next_id' | 'silences' | 'recent'>

export class Watch {
  #parts: WatchParts
  /** From the last answer of the database, or for `next_id` from the file of an earlier life of this program. */
  #known: Known
  /** Neither has told `next_id`: it is this replica's alone. */
  #alone = true
  #failing: { since: Date; times: number } | undefined
  /** Out, or to be recorded. */
  #outage: Outage | undefined
  /** A file holds it. */
  #kept = false
  /** Held while this program is the one on its machine that tells. */
  #claim: Pick<FileLock, 'release'> | undefined
  #telling: { over: AbortController; done: Promise<unknown> } | undefined
  #stopping = new AbortController()
  #loop: Promise<void> | undefined

  constructor(parts: WatchParts) {
    this.#parts = parts
    this.#known = { next_id: Bun.randomUUIDv7(), silences: [], recent: 0 }
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    // Ends a call that hangs, too.
    await this.#parts.database.end()
    await Promise.all([this.#loop, this.#telling?.done])
    this.#release()
  }

  /** False from the first failure to the record of the outage: what the database says meanwhile lacks its cause. */
  get settled(): boolean {
    return this.#failing === undefined && this.#outage === undefined
  }

  #release(): void {
    this.#claim?.release()
    this.#claim = undefined
  }

  async #run(): Promise<void> {
    const { check_s, log } = this.#parts
    const { signal } = this.#stopping
    await this.#recall()
    while (!signal.aborted) {
      await this.#check().catch((err) => log.error({ err }, 'the watch over the database failed'))
      await sleep(check_s * 1000, signal)
    }
  }

  /** What an earlier life of this program, or a replica beside it, has heard from the database. */
  async #recall(): Promise<void> {
    const next_id = await this.#parts.files.recallNext()
    if (next_id) this.#know({ ...this.#known, next_id })
  }

  #know(known: Known): void {
    this.#known = known
    this.#alone = false
  }

  async #check(): Promise<void> {
    const { database, files } = this.#parts
    let seen: Beforehand | null
    try {
      seen = await database.check()
    } catch (thrown) {
      return this.#failed(thrown)
    }
    await this.#stopTelling()
    // Without tables nothing can be recorded yet.
    const recorded = seen !== null && (await this.#recordAll(seen))
    this.#failing = undefined
    if (seen === null) return
    this.#release()
    // The outage that was recorded last gives the next one its id.
    if (recorded) seen = (await database.check().catch(() => null)) ?? seen
    if (seen.next_id !== this.#known.next_id) await files.rememberNext(seen.next_id).catch(() => {})
    this.#know(seen)
  }

  async #failed(thrown: unknown): Promise<void> {
    const { log, secrets } = this.#parts
    if (this.#stopping.signal.aborted) return
    if (await this.#wasRecorded()) {
      // The database has answered another replica here, and is away again.
      await this.#stopTelling()
      this.#outage = this.#failing = undefined
    }
    this.#failing ??= { since: new Date(), times: 0 }
    this.#failing.times++
    const reason = reasonOf(thrown, secrets)
    log.warn({ times: this.#failing.times, reason: reason.en }, 'the database does not answer')
    this.#outage ??= await this.#takeUp(this.#failing, reason)
    if (this.#outage) this.#startTelling(this.#outage)
  }

  /** The outage that this program is to tell, begun by it, by an earlier life of it, or by a replica here that has died. */
  async #takeUp(failing: { since: Date; times: number }, reason: Translated): Promise<Outage | undefined> {
    const { files, settings } = this.#parts
    if (failing.times < settings.failures && (await files.all()).length === 0) return undefined
    this.#claim ??= await files.claim()
    if (!this.#claim) return undefined
    const [begun] = await files.all()
    this.#kept = begun !== undefined
    if (begun) return begun
    await this.#recall()
    const outage = this.#newOutage(failing, reason)
    await this.#keep(outage)
    return outage
  }

  #newOutage({ since, times }: { since: Date; times: number }, reason: Translated): Outage {
    return {
      id: this.#known.next_id,
      opened_at: since,
      fired_at: new Date(),
      detail: {
        en: `${hostname()} cannot work with the database: ${reason.en}`,
        pt: `${hostname()} não consegue usar o banco de dados: ${reason.pt}`,
      },
      failures: times,
      told: {},
      nth: this.#known.recent + 1,
      ...(this.#alone && { alone: true }),
    }
  }

  /** A disk that takes no file must not keep anybody from being told. */
  async #keep(outage: Outage): Promise<void> {
    const { files, log } = this.#parts
    try {
      await files.write(outage)
      this.#kept = true
    } catch (err) {
      log.error({ err }, 'the outage of the database cannot be kept in a file')
    }
  }

  /** Whether a replica beside this one has recorded the outage, and removed its file. */
  async #wasRecorded(): Promise<boolean> {
    const id = this.#outage?.id
    return id !== undefined && this.#kept && !(await this.#parts.files.all()).some((one) => one.id === id)
  }

  #startTelling(outage: Outage): void {
    if (this.#telling) return
    const { channels, settings, log, locale } = this.#parts
    const over = new AbortController()
    const until = AbortSignal.any([over.signal, this.#stopping.signal])
    const tools = {
      settings,
      silences: () => this.#known.silences,
      keep: (one: Outage) => this.#keep(one),
      log,
      locale,
    }
    const told = channels.filter((channel) => isTold(channel, settings))
    const done = Promise.all(told.map((channel) => tellOutage(channel, outage, tools, until)))
    this.#telling = { over, done }
  }

  async #stopTelling(): Promise<void> {
    this.#telling?.over.abort()
    await this.#telling?.done
    this.#telling = undefined
  }

  /** Records the outage and all that files still hold; whether there was any. Throws while the database takes none. */
  async #recordAll(seen: Beforehand): Promise<boolean> {
    const { files, log } = this.#parts
    const outage = this.#outage
    if (outage) {
      await this.#record(outage, seen)
      this.#outage = undefined
      log.info({ alert_id: outage.id }, 'the database answers again; its outage is recorded')
    }
    const left = await files.all()
    for (const one of left) await this.#record(one, seen)
    return outage !== undefined || left.length > 0
  }

  async #record(outage: Outage, seen: Beforehand): Promise<void> {
    const { database, files } = this.#parts
    await database.record(outage.alone ? { ...outage, id: sharedId(seen, outage) } : outage)
    await files.remove(outage.id)
  }
}

/** What the server itself says is as it came. */
function reasonOf(thrown: unknown, secrets: string[]): Translated {
  const known = networkText(String((thrown as NodeJS.ErrnoException).code))
  if (known) return known
  const { en, pt } = sentenceOf(thrown)
  return { en: withoutSecrets(en, secrets), pt: withoutSecrets(pt, secrets) }
}
