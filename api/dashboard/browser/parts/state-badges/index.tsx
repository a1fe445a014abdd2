/** The states of runs, slots, alerts and severities: one colour, icon and word each, wherever they stand. */
import type { Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Badge, type Tone } from '../badge.tsx'
import type { IconName } from '../icon.tsx'
import { STATES } from './texts.ts'

export type RunState = Schemas['Run']['state']
export type SlotState = Schemas['Slot']['state']
export type Severity = Schemas['Alert']['severity']
export type AttemptState = Schemas['RunDetails']['attempts'][number]['state']

type Look = readonly [tone: Tone, icon: IconName]

export const RUN_LOOK: Record<RunState, Look> = {
  queued: ['calm', 'waiting'],
  running: ['info', 'play'],
  succeeded: ['good', 'check'],
  failed: ['bad', 'cross'],
  cancelled: ['calm', 'stop'],
}

const SLOT_LOOK: Record<SlotState, Look> = {
  queued: ['calm', 'waiting'],
  ran: ['good', 'check'],
  late: ['warn', 'clock'],
  caught_up: ['good', 'retry'],
  skipped: ['warn', 'skip'],
  missed: ['bad', 'cross'],
  paused: ['calm', 'pause'],
  cancelled: ['calm', 'stop'],
  backfilled: ['good', 'retry'],
  holiday: ['calm', 'sun'],
}

/** Of a cell of a job's calendar: a slot's, or its run's. */
export type Outcome = SlotState | 'failed' | 'running'

/** Worst first. */
export const OUTCOME_LOOK: Record<Outcome, Look> = {
  failed: ['bad', 'warning'],
  missed: SLOT_LOOK.missed,
  running: RUN_LOOK.running,
  queued: SLOT_LOOK.queued,
  late: SLOT_LOOK.late,
  skipped: SLOT_LOOK.skipped,
  cancelled: SLOT_LOOK.cancelled,
  paused: SLOT_LOOK.paused,
  caught_up: SLOT_LOOK.caught_up,
  backfilled: SLOT_LOOK.backfilled,
  ran: SLOT_LOOK.ran,
  holiday: SLOT_LOOK.holiday,
}

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const say = useSay()
  const [tone, icon] = OUTCOME_LOOK[outcome]
  return (
    <Badge tone={tone} icon={icon}>
      {say(STATES[outcome])}
    </Badge>
  )
}

export const ATTEMPT_LOOK: Record<AttemptState, Look> = {
  running: ['info', 'play'],
  succeeded: ['good', 'check'],
  failed: ['bad', 'cross'],
  lost: ['warn', 'unknown'],
  handed_back: ['calm', 'retry'],
  cancelled: ['calm', 'stop'],
}

const SEVERITY_LOOK: Record<Severity, Look> = {
  INFO: ['info', 'info'],
  WARNING: ['warn', 'warning'],
  ERROR: ['bad', 'cross'],
  CRITICAL: ['worst', 'critical'],
}

export const SEVERITY_RANK: Record<Severity, number> = { CRITICAL: 0, ERROR: 1, WARNING: 2, INFO: 3 }

export function RunBadge({ state }: { state: RunState }) {
  const say = useSay()
  const [tone, icon] = RUN_LOOK[state]
  return (
    <Badge tone={tone} icon={icon}>
      {say(STATES[state])}
    </Badge>
  )
}

export function AttemptBadge({ state }: { state: AttemptState }) {
  const say = useSay()
  const [tone, icon] = ATTEMPT_LOOK[state]
  return (
    <Badge tone={tone} icon={icon}>
      {say(STATES[state])}
    </Badge>
  )
}

/** A resolved alert is calm, whatever it was. */
export function AlertBadge({ severity, state }: { severity: Severity; state: Schemas['Alert']['state'] }) {
  const say = useSay()
  const [tone, icon] = SEVERITY_LOOK[severity]
  if (state === 'resolved')
    return (
      <Badge tone="calm" icon="check">
        {`${say(STATES[severity])} · ${say(STATES.resolved)}`}
      </Badge>
    )
  return (
    <Badge tone={tone} icon={icon}>
      {state === 'pending' ? `${say(STATES[severity])} · ${say(STATES.pending)}` : say(STATES[severity])}
    </Badge>
  )
}
