/**
 * Makes the checks that are due. Every replica looks every two seconds, and the database gives each check to one of them; the
 * outcomes of two seconds are recorded together. Looking more often costs more than the checks.
 */
import type { Sql } from 'postgres'
import { claimDue, type DueMonitor } from '../../db/monitors/claim.ts'
import { overdue } from '../../db/monitors/ping.ts'
import { recordOutcomes, type Outcome } from '../../db/monitors/record.ts'
import type { Env } from '../../lib/env.ts'
import { messageOf, sentenceOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { createOutage } from '../../lib/outage.ts'
import { sleep } from '../../lib/retry.ts'
import { failed, type Answer } from './answer.ts'
import { askDns } from './ask-dns.ts'
import { askHttp } from './ask-http.ts'
import { askTcp } from './ask-tcp.ts'

const LOOK_EVERY_MS = 2000
/** Checks, and so connections, at once. */
const CAPACITY = 50
const DAY_MS = 86_400_000

export interface Monitors {
  /** Resolves when what was found by then is recorded. */
  stop(): Promise<void>
}

export interface MonitorsOptions {
  log: Log
  env: Env
  /** Whether this replica has files of monitors; without any it asks the database nothing. */
  isNeeded: () => boolean
}

export function startMonitors(sql: Sql, { log, env, isNeeded }: MonitorsOptions): Monitors {
  const stopping = new AbortController()
  const { signal } = stopping
  const outage = createOutage(log, 'the monitors wait: the database does not answer', 'the monitors go on')
  let under_way = 0
  let found: Outcome[] = []

  async function look(): Promise<void> {
    const claims = under_way < CAPACITY && isNeeded()
    await Promise.all([record(), claims && claimDue(sql, CAPACITY - under_way).then((all) => all.forEach(begin))])
  }

  function begin(due: DueMonitor): void {
    under_way++
    void check(due, env, signal).then((outcome) => {
      under_way--
      // A check that a stop has ended tells nothing.
      if (!signal.aborted) found.push(outcome)
    })
  }

  async function record(): Promise<void> {
    const [now, later] = firstOfEach(found)
    found = later
    try {
      await recordOutcomes(sql, now)
    } catch (thrown) {
      // Each is still told by its turn whether it comes too late.
      found = [...now, ...found].slice(-MAX_KEPT)
      throw thrown
    }
  }

  const done = (async () => {
    while (!signal.aborted) {
      const begun_at = performance.now()
      await look().then(
        () => outage.answered(begun_at),
        (err: unknown) => outage.failed(err, begun_at),
      )
      await sleep(Math.max(0, LOOK_EVERY_MS - (performance.now() - begun_at)), signal)
    }
    await record().catch((err) => log.warn(`the last checks are not recorded: ${messageOf(err)}`))
  })()

  return {
    stop() {
      stopping.abort()
      return done
    },
  }
}

/** While the database is away. */
const MAX_KEPT = 1000

function firstOfEach(outcomes: Outcome[]): [first: Outcome[], others: Outcome[]] {
  const first = new Map<string, Outcome>()
  for (const one of outcomes) if (!first.has(one.name)) first.set(one.name, one)
  return [[...first.values()], outcomes.filter((one) => first.get(one.name) !== one)]
}

/** Makes one check; never rejects. */
export async function check(due: DueMonitor, env: Env, stopped: AbortSignal): Promise<Outcome> {
  if (due.kind === 'push') return overdue(due)
  const signal = AbortSignal.any([AbortSignal.timeout(due.timeout_s * 1000), stopped])
  const answer = await ask(due, env, signal).catch((thrown: unknown) => {
    const said = sentenceOf(thrown)
    return failed('broken', { en: `The check broke: ${said.en}.`, pt: `A consulta quebrou: ${said.pt}.` })
  })
  return { name: due.name, turn: due.turn, ...answer, certificate: certificateFault(due, answer) }
}

async function ask(due: DueMonitor, env: Env, signal: AbortSignal): Promise<Answer> {
  switch (due.kind) {
    case 'http':
      return askHttp(due.ask, env, signal)
    case 'tcp':
      return askTcp(due.ask, signal)
    case 'dns':
      return askDns(due.ask, due.timeout_s, signal)
    case 'push':
      throw new Error('nothing is asked')
  }
}

/** Why the certificate's alert is due. */
function certificateFault({ kind, ask }: DueMonitor, { certificate_ends_at: ends_at }: Answer) {
  if (kind !== 'http' || ask.certificate_days === null || !ends_at) return null
  const left_ms = ends_at.getTime() - Date.now()
  if (left_ms >= ask.certificate_days * DAY_MS) return null
  const [days, at] = [Math.max(0, Math.floor(left_ms / DAY_MS)), ends_at.toISOString()]
  return {
    en: `It is good for ${days} more days, until ${at}; at least ${ask.certificate_days} are wanted.`,
    pt: `Vale por mais ${days} dias, até ${at}; o mínimo desejado são ${ask.certificate_days}.`,
  }
}
