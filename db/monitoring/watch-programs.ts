/**
 * The part of every program in watching all of them: it records its own heartbeat, tells alerts of the silent ones, and, while
 * every process of jobs is silent, delivers alerts in its place.
 *
 * A program is a witness only after a few heartbeats in a row: after an outage of the database, or a night in which the machine
 * slept, all the others seem silent to the first one that is back.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Sql } from 'postgres'
import type { AlertsConfig } from '../alerts/delivery/config.ts'
import type { AlertOutbox } from '../alerts/delivery/outbox.ts'
import type { Log } from '../../lib/log.ts'
import type { Setting } from '../../lib/env.ts'
import { createOutage } from '../../lib/outage.ts'
import { readDotenv, showSettings } from '../../lib/settings.ts'
import type { Locale } from '../../lib/texts.ts'
import { observePrograms } from './observe-programs.ts'
import {
  recordBeat,
  recordSettings,
  recordStop,
  SILENT_S,
  thisProcess,
  type ProgramName,
  type ProgramState,
} from './programs.ts'

export interface ProgramWatch {
  /** To be called every few seconds (lib/program.ts); it does its work every second time, and never rejects. */
  beat(): void
  /** Takes the heartbeat away: the program was stopped. */
  stop(): Promise<void>
}

export interface WatchOptions {
  alerts: AlertsConfig
  locale: Locale
  log: Log
  /** What the program was started with. */
  environment?: Setting[]
  /** Called after each heartbeat, with the error of one that could not be recorded. */
  onBeat?: (problem: unknown) => void
  /** Made by a witness, once a minute. */
  observe?: () => Promise<unknown>
}

const CALLS_A_BEAT = 2
/** A longer gap between two heartbeats makes a program start again as a witness. */
const MAX_GAP_S = 20
/** A shorter wait of the event loop is not seen; a finer one would wake an idle program too often. */
const LOOP_RESOLUTION_MS = 100
const WITNESS_BEATS = 3
const OBSERVE_BEATS = 6
/** A database that is away holds up no stop. */
const STOP_MS = 1_000

export function watchPrograms(program: ProgramName, sql: Sql, options: WatchOptions): ProgramWatch {
  const watch = new Watch(program, sql, options)
  return { beat: () => watch.beat(), stop: () => watch.stop() }
}

class Watch {
  #me
  #sql: Sql
  #options: WatchOptions
  #outage
  #calls = 0
  /** Heartbeats in a row. */
  #beats = 0
  #busy: Promise<void> | undefined
  #stopping = false
  #loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  /** Set while jobs is silent. */
  #outbox: AlertOutbox | undefined

  constructor(program: ProgramName, sql: Sql, options: WatchOptions) {
    this.#me = thisProcess(program)
    this.#sql = sql
    this.#options = options
    this.#loop.enable()
    this.#outage = createOutage(options.log, 'the heartbeat is not recorded', 'the heartbeat is recorded again')
  }

  beat(): void {
    if (this.#calls++ % CALLS_A_BEAT === 0 && !this.#stopping)
      this.#busy ??= this.#turn().finally(() => (this.#busy = undefined))
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#loop.disable()
    const leave = async () => {
      await this.#busy
      await this.#outbox?.stop()
      await recordStop(this.#sql, this.#me)
    }
    await Promise.race([leave().catch(() => {}), Bun.sleep(STOP_MS)])
  }

  async #turn(): Promise<void> {
    const { onBeat, observe, log } = this.#options
    const begun_at = performance.now()
    try {
      const gap_s = await recordBeat(this.#sql, this.#me, this.#vitals())
      if (gap_s === null) await this.#recordSettings()
      this.#outage.answered(begun_at)
      onBeat?.(null)
      this.#beats = gap_s !== null && gap_s >= 0 && gap_s < MAX_GAP_S ? this.#beats + 1 : 0
    } catch (err) {
      this.#outage.failed(err, begun_at)
      this.#beats = 0
      return onBeat?.(err)
    }
    if (this.#beats < WITNESS_BEATS || this.#stopping) return
    try {
      await this.#deliverFor(await observePrograms(this.#sql))
      if (this.#beats % OBSERVE_BEATS === 0) await observe?.()
    } catch (err) {
      log.warn({ err }, 'the programs could not be watched')
    }
  }

  #vitals() {
    const loop_delay_ms = Math.round(this.#loop.max / 1e6)
    this.#loop.reset()
    return { memory_bytes: process.memoryUsage.rss(), loop_delay_ms }
  }

  async #recordSettings(): Promise<void> {
    const { environment } = this.#options
    if (!environment) return
    const dotenv = readDotenv(process.cwd(), process.env.NODE_ENV)
    await recordSettings(this.#sql, this.#me, showSettings(environment, dotenv))
  }

  async #deliverFor(found: ProgramState[]): Promise<void> {
    const jobs = found.filter(({ program }) => program === 'jobs')
    const needed = jobs.length > 0 && jobs.every(({ silent }) => silent)
    if (!needed && this.#outbox) {
      await this.#outbox.stop()
      this.#outbox = undefined
      this.#options.log.info('jobs delivers alerts again')
    }
    if (!needed || this.#outbox || this.#stopping) return
    const { alerts, locale, log } = this.#options
    // Hardly ever needed, and some of it is large.
    const [{ openChannels }, { startOutbox }] = await Promise.all([
      import('../alerts/delivery/channels/index.ts'),
      import('../alerts/delivery/outbox.ts'),
    ])
    log.warn(`jobs has been silent for more than ${SILENT_S} s; alerts are delivered from here meanwhile`)
    this.#outbox = await startOutbox(this.#sql, openChannels(alerts), { log, locale })
  }
}
