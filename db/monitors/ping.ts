/** Pings of other machines' jobs. Each is recorded when its function has returned. */
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { storableSentence } from '../engines/postgres/storable.ts'
import type { DueMonitor } from './claim.ts'
import { recordOutcomes, type Outcome } from './record.ts'
import { MONITORS_CHANGED } from './register.ts'
import { deadlineAfterNone, deadlineAfterPing, type PushSpec } from './spec.ts'

export type Signal = 'start' | 'success' | 'fail'

/** `said`: the end of what the job said. Throws AppError ping_unknown for a monitor that is not there, or not pinged. */
export async function recordPing(sql: Sql, name: string, signal: Signal, said: string | null): Promise<void> {
  const log = said === null ? null : storableSentence(said, MAX_LOG_CHARACTERS)
  const [row] = await sql<{ ask: PushSpec; took_ms: number | null; now: Date }[]>`
    select ask, (extract(epoch from now() - started_at) * 1000)::float8 as took_ms, now() as now
    from monitors where name = ${name} and kind = 'push' and gone_at is null`
  if (!row) throw pingUnknown()
  if (signal === 'start') return recordStart(sql, name, row.ask.grace_s, log)
  const failed = signal === 'fail'
  await recordOutcomes(sql, [
    {
      name,
      turn: null,
      failure: failed ? { reason: 'failed', detail: failureText(log) } : null,
      latency_ms: row.took_ms,
      ping: {
        kind: signal,
        rule: failed ? 'PING_FAILED' : null,
        next_at: deadlineAfterPing(row.ask, row.now),
        log,
      },
    },
  ])
}

/** From here on the job has its grace to say that it is done. */
async function recordStart(sql: Sql, name: string, grace_s: number, log: string | null): Promise<void> {
  await sql`
    with started as (
      update monitors set started_at = now(), next_at = now() + make_interval(secs => ${grace_s}), turn = turn + 1,
        recorded = turn + 1
      where name = ${name} and gone_at is null returning name
    )
    insert into monitor_events (monitor, kind, log) select name, 'start', ${log} from started
    returning pg_notify(${MONITORS_CHANGED}, '')`
}

/** A deadline that passed without a ping. */
export function overdue({ name, turn, ask, now, started_at }: DueMonitor & { kind: 'push' }): Outcome {
  const detail: Translated = started_at
    ? {
        en: `It began at ${started_at.toISOString()}, and has not said since that it is done.`,
        pt: `Começou em ${started_at.toISOString()} e ainda não avisou que terminou.`,
      }
    : {
        en: `No ping came by ${now.toISOString()}.`,
        pt: `Nenhum ping chegou até ${now.toISOString()}.`,
      }
  const ping = { kind: 'overdue', rule: 'PING_OVERDUE', next_at: deadlineAfterNone(ask, now), log: null } as const
  return { name, turn, failure: { reason: 'overdue', detail }, latency_ms: null, ping }
}

export const pingUnknown = () =>
  new AppError('not_found', 'ping_unknown', {
    en: 'No monitor has this URL; `bun run jobs monitors` lists those that there are.',
    pt: 'Nenhum monitor tem este endereço; `bun run jobs monitors` mostra os que existem.',
  })

/** Characters that are kept of what a job says. */
export const MAX_LOG_CHARACTERS = 4096

/** Of a message: a log is for those who look at it. */
const MAX_QUOTED = 300

function failureText(log: string | null): Translated {
  const said = log?.trim().slice(-MAX_QUOTED).toWellFormed()
  return said
    ? { en: `It says that it failed: ${said}`, pt: `O job avisou que falhou: “${said}”` }
    : { en: 'It says that it failed.', pt: 'O job avisou que falhou.' }
}
