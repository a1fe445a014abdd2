/**
 * Watches the database's clock, by which everything waits: its jumps are told, and when it goes back, what was recorded ahead
 * is withdrawn. That it has gone back is seen by what it left (a slot, a heartbeat), so also by a program that was not there.
 * A jump forward is one against this machine's uptime, which counts the time that it slept, too.
 */
import { uptime } from 'node:os'
import type { Sql } from 'postgres'
import { observe } from '../../db/alerts/observe.ts'
import { withdrawAheadAlerts } from '../../db/alerts/outbox.ts'
import { withdrawAheadLeases } from '../../db/charts/claim-charts.ts'
import { forgetEntries } from '../../db/engines/cache/sql/cache.ts'
import { withdrawAheadMessages } from '../../db/engines/queue/sql/messages.ts'
import { withdrawAheadMembers } from '../../db/engines/stream/sql/groups.ts'
import { withdrawAheadKeys } from '../../db/idempotency/keys.ts'
import { CLOCK_TOLERANCE_S, readClock, withdrawAhead, type Withdrawn } from '../../db/jobs/withdraw-ahead.ts'
import { withdrawMeasured } from '../../db/monitoring/probe.ts'
import { withdrawBeats } from '../../db/monitoring/programs.ts'
import { withdrawAheadMonitors } from '../../db/monitors/claim.ts'
import { withdrawAheadNotices } from '../../db/users/notices.ts'
import { withdrawAheadDelays } from '../../db/users/sign-in/attempt-counts.ts'
import { openSubjects } from '../../db/alerts/alerts.ts'
import { durationIn } from '../../lib/texts.ts'
import type { Log } from '../../lib/log.ts'

/** A look at the clock; to be called now and then. */
export type CheckClock = () => Promise<void>

const RULE = 'CLOCK_JUMPED'
const SUBJECT = 'database'
/** The uptime is in whole seconds, and a statement may wait. */
const FORWARD_S = 60
/** Leases of all but runs are shorter; whoever holds one renews it. */
const LONGEST_LEASE_S = 60

export function watchClock(sql: Sql, lease_s: number, log: Log, uptime_s: () => number = uptime): CheckClock {
  let last: { now: Date; up_s: number } | undefined
  return async () => {
    const { now, ahead_s } = await readClock(sql)
    const up_s = uptime_s()
    const passed_s = last ? (now.getTime() - last.now.getTime()) / 1000 : 0
    const jumped_s = last ? passed_s - (up_s - last.up_s) : 0
    last = { now, up_s }
    const seen_back = passed_s < -CLOCK_TOLERANCE_S
    if (seen_back || (ahead_s ?? 0) > CLOCK_TOLERANCE_S)
      await wentBack(Math.max(ahead_s ?? 0, seen_back ? -jumped_s : 0), seen_back)
    else if (jumped_s > FORWARD_S) await wentForward(jumped_s)
    else await observe(sql, [{ rule: RULE, subject: SUBJECT, ok: true }])
  }

  async function wentBack(by_s: number, sure: boolean): Promise<void> {
    await sql.begin(async (tx) => {
      const withdrawn = await withdrawAhead(tx, lease_s, sure)
      if (!withdrawn) return
      await withdrawOthers(tx)
      // Another replica has done it and told.
      if (withdrawn.slots + withdrawn.runs === 0 && (await openSubjects(tx, RULE)).length > 0) return
      log.warn({ by_s, ...withdrawn }, "the database's clock has gone back; what was recorded ahead of it is withdrawn")
      await observe(tx, [{ rule: RULE, subject: SUBJECT, ok: false, detail: backText(by_s, withdrawn) }])
    })
  }

  async function wentForward(by_s: number): Promise<void> {
    log.warn({ by_s }, "the database's clock has gone forward")
    await observe(sql, [{ rule: RULE, subject: SUBJECT, ok: false, detail: forwardText(by_s) }])
  }
}

async function withdrawOthers(tx: Parameters<typeof withdrawBeats>[0]): Promise<void> {
  await withdrawBeats(tx)
  await withdrawMeasured(tx)
  await withdrawAheadAlerts(tx)
  await withdrawAheadNotices(tx)
  await withdrawAheadMonitors(tx)
  await withdrawAheadDelays(tx)
  await withdrawAheadLeases(tx, LONGEST_LEASE_S)
  await withdrawAheadKeys(tx, LONGEST_LEASE_S)
  await withdrawAheadMessages(tx, LONGEST_LEASE_S)
  await withdrawAheadMembers(tx, LONGEST_LEASE_S)
  await forgetEntries(tx)
}

function backText(by_s: number, { slots, started, runs }: Withdrawn) {
  const jobs = started.join(', ')
  return {
    en: `The database's clock has gone back by ${durationIn(by_s * 1000, 'en')}. Withdrawn: ${slots} slots, which come again at their times. Runs that no longer wait for it: ${runs}.${jobs && ` What had started stays: a slot of ${jobs} has run ahead of its time, and does not run again.`}`,
    pt: `O relógio do banco de dados voltou ${durationIn(by_s * 1000, 'pt-BR')}. Retirados: ${slots} horários, que voltam na hora certa. Execuções que não esperam mais por ele: ${runs}.${jobs && ` O que já tinha começado fica: um horário de ${jobs} rodou antes da hora e não roda de novo.`}`,
  }
}

const forwardText = (by_s: number) => ({
  en: `The database's clock has gone forward by ${durationIn(by_s * 1000, 'en')} more than the time that passed. What was due in between counts as missed or is caught up.`,
  pt: `O relógio do banco de dados avançou ${durationIn(by_s * 1000, 'pt-BR')} além do tempo que passou. O que venceu nesse intervalo conta como perdido ou é compensado.`,
})
