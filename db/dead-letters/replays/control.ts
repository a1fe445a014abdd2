/** What people do with a replay: pause, resume, cancel. */
import type { ISql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { inTransaction } from '../../engines/postgres/in-transaction.ts'
import { finishReplay } from './drive.ts'
import { findReplay, type Replay } from './replays.ts'
import { REPLAYS_CHANNEL } from './start.ts'

/** Nothing more is sent. Throws AppError replay_not_found, or replay_in_another_state, as the others do. */
export function pauseReplay(sql: ISql, id: string, actor: Actor): Promise<Replay> {
  return inTransaction(sql, async (tx) => {
    const changed = await tx`
      update replays set state = 'paused', resumes_as = state, pause_reason = 'by_hand'
      where id = ${id} and state in ('canary', 'running') returning 1`
    return after(tx, id, changed.length > 0, PAUSE, actor)
  })
}

/** Goes on where it was; after a canary that failed, with all the rest. */
export function resumeReplay(sql: ISql, id: string, actor: Actor): Promise<Replay> {
  return inTransaction(sql, async (tx) => {
    const changed = await tx`
      update replays set state = resumes_as, resumes_as = null, pause_reason = null
      where id = ${id} and state = 'paused' returning pg_notify(${REPLAYS_CHANNEL}, source)`
    return after(tx, id, changed.length > 0, RESUME, actor)
  })
}

/** Takes back what was not sent: those letters are dead as before. What was sent is followed to its end. */
export function cancelReplay(sql: ISql, id: string, actor: Actor): Promise<Replay> {
  return inTransaction(sql, async (tx) => {
    const changed = await tx`
      update replays set state = 'cancelled', resumes_as = null, pause_reason = null
      where id = ${id} and state in ('canary', 'running', 'paused') returning pg_notify(${REPLAYS_CHANNEL}, source)`
    await tx`
      update replay_letters set state = 'undone', ended_at = now()
      where replay_id = ${id} and state = 'pending' and ${changed.length > 0}`
    await finishReplay(tx, id)
    return after(tx, id, changed.length > 0, CANCEL, actor)
  })
}

const PAUSE = {
  action: 'replay.paused',
  refusal: {
    en: 'only one that is canary or running can be paused.',
    pt: 'só um que está como canary ou running pode ser pausado.',
  },
} as const
const RESUME = {
  action: 'replay.resumed',
  refusal: { en: 'only one that is paused can go on.', pt: 'só um que está como paused pode continuar.' },
} as const
const CANCEL = {
  action: 'replay.cancelled',
  refusal: {
    en: 'nothing of it is left to cancel.',
    pt: 'não há mais nada dele a cancelar.',
  },
} as const

async function after(
  tx: ISql,
  id: string,
  changed: boolean,
  { action, refusal }: typeof PAUSE | typeof RESUME | typeof CANCEL,
  actor: Actor,
): Promise<Replay> {
  const replay = await findReplay(tx, id)
  const { name, state, unsent, published, undone } = replay
  if (!changed)
    throw new AppError('conflict', 'replay_in_another_state', {
      en: `The replay is ${state}; ${refusal.en}`,
      pt: `O reenvio está como ${state}; ${refusal.pt}`,
    })
  await recordAudit(tx, { ...actor, action, target: name, details: { replay_id: id, unsent, published, undone } })
  return replay
}
