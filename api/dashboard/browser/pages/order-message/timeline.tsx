import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { listPath, type Journey } from '../../data/orders.ts'
import { useLocale, useSay } from '../../languages.ts'
import type { Tone } from '../../parts/badge.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { Why } from '../../parts/order-messages/why.tsx'
import { RetrySchedule } from '../../parts/retry-schedule/index.tsx'
import { exactTime, lengthIn, Time } from '../../parts/time.tsx'
import { Countdown } from './countdown.tsx'
import { stepsOf, type Attempt, type Letter, type Step } from './steps.ts'
import { OUTCOME, TEXTS } from './texts.ts'

export function Timeline({ journey }: { journey: Journey }) {
  return (
    <ol className="steps">
      {stepsOf(journey).map((step, place) => (
        <StepLine key={`${place} ${step.kind}`} step={step} journey={journey} />
      ))}
    </ol>
  )
}

interface LineProps {
  tone: Tone
  icon: IconName
  title: ReactNode
  at?: string | null | undefined
  /** Has not happened yet. */
  isAhead?: boolean
  children?: ReactNode
}

function Line({ tone, icon, title, at, isAhead = false, children }: LineProps) {
  const locale = useLocale()
  return (
    <li className={isAhead ? 'step ahead' : 'step'}>
      <span className={`step-mark ${tone}`}>
        <Icon name={icon} size={14} />
      </span>
      <div className="step-text">
        <p className="step-head">
          <strong>{title}</strong>
          {at && (
            <span className="muted small step-time" title={exactTime(at, locale)}>
              <Time at={at} />
            </span>
          )}
        </p>
        {children}
      </div>
    </li>
  )
}

function StepLine({ step, journey }: { step: Step; journey: Journey }) {
  const say = useSay()
  const { origin: system, row, message_id, sent_at, status, schedule_s, current, next_attempt_at, output } = journey
  switch (step.kind) {
    case 'row':
      return (
        <Line
          tone="calm"
          icon="list"
          at={row?.created_at}
          title={
            row ? (
              <Link href={`${listPath(undefined, system)}?q=${message_id}`}>
                {say(TEXTS.row, { number: String(row.id), system })}
              </Link>
            ) : (
              say(TEXTS.row_gone)
            )
          }
        />
      )
    case 'sent':
      if (status === 'pending')
        return (
          <Line tone="calm" icon="minus" title={say(TEXTS.not_sent)} isAhead>
            <p className="small muted">{say(TEXTS.not_sent_why)}</p>
          </Line>
        )
      return <Line tone="info" icon="upload" at={sent_at} title={say(sent_at ? TEXTS.sent : TEXTS.not_marked)} />
    case 'attempt':
      return <AttemptLine attempt={step.attempt} before={step.before} />
    case 'current':
      return <CurrentLine journey={journey} />
    case 'replay':
      return <Line tone="info" icon="retry" title={say(TEXTS.replay, { replay: step.replay })} at={step.at} />
    case 'letter':
      return <LetterLine letter={step.letter} />
    case 'waiting':
      return (
        <Line tone="info" icon="waiting" title={say(TEXTS.waiting)} isAhead>
          <p className="small muted">{say(TEXTS.waiting_why)}</p>
          <p className="small muted">
            <RetrySchedule schedule_s={schedule_s} />
          </p>
        </Line>
      )
    case 'next': {
      const attempt = (current?.attempt ?? 0) + 1
      return (
        <Line
          tone="warn"
          icon="waiting"
          isAhead
          title={
            <>
              {say(TEXTS.next, { attempt })} <Countdown at={next_attempt_at!} />
            </>
          }
        >
          {attempt === schedule_s.length && <p className="small muted">{say(TEXTS.last_chance)}</p>}
        </Line>
      )
    }
    case 'output':
      return (
        <Line
          tone="good"
          icon="check"
          at={output?.written_at}
          title={<Link href={listPath('output', system)}>{say(TEXTS.output)}</Link>}
        />
      )
    case 'without_letter':
      return <Line tone="bad" icon="cross" at={current?.ended_at} title={say(TEXTS.without_letter)} />
  }
}

const LOOK: Record<Attempt['status'], readonly [tone: Tone, icon: IconName]> = {
  succeeded: ['good', 'check'],
  failed: ['warn', 'retry'],
  dead: ['bad', 'cross'],
}

function AttemptLine({ attempt: made, before }: { attempt: Attempt; before: string | null }) {
  const say = useSay()
  const locale = useLocale()
  const { attempt, status, begun_at, processed_at, worker, deliveries, error } = made
  const [tone, icon] = LOOK[status]
  const length = (from: string, to: string) => lengthIn(Math.max(0, Date.parse(to) - Date.parse(from)), locale)
  const parts = [
    say(TEXTS.took, { time: length(begun_at, processed_at) }),
    ...(before === null ? [] : [say(TEXTS.waited, { time: length(before, begun_at) })]),
    say(TEXTS.worker, { worker }),
  ]
  return (
    <Line tone={tone} icon={icon} at={begun_at} title={`${say(TEXTS.attempt, { attempt })} · ${say(OUTCOME[status])}`}>
      <p className="small muted">{parts.join(' · ')}</p>
      {error && (
        <p className="small">
          <Why error={error} />
        </p>
      )}
      {deliveries > 1 && <p className="small warn-text">{say(TEXTS.redelivered, { count: deliveries })}</p>}
    </Line>
  )
}

/** The ledger has its newest attempt, and no more. */
function CurrentLine({ journey: { current, status, attempts } }: { journey: Journey }) {
  const say = useSay()
  const { attempt, begun_at, ended_at, worker, error, deliveries } = current!
  const isRunning = ended_at === null
  const outcome = isRunning ? 'running' : status === 'output' ? 'succeeded' : status === 'retrying' ? 'failed' : 'dead'
  const [tone, icon] = isRunning ? (['info', 'play'] as const) : LOOK[outcome as Attempt['status']]
  return (
    <Line tone={tone} icon={icon} at={begun_at} title={`${say(TEXTS.attempt, { attempt })} · ${say(OUTCOME[outcome])}`}>
      <p className="small muted">{say(TEXTS.worker, { worker })}</p>
      {error && (
        <p className="small">
          <Why error={error} />
        </p>
      )}
      {deliveries > 1 && <p className="small warn-text">{say(TEXTS.redelivered, { count: deliveries })}</p>}
      {!isRunning && attempts.length < attempt - 1 && <p className="small muted">{say(TEXTS.forgotten)}</p>}
    </Line>
  )
}

function LetterLine({ letter: { id, state, reason, died_at, left_at, edited_from } }: { letter: Letter }) {
  const say = useSay()
  const link = <Link href={`/dead-letters/${id}`}>{say(TEXTS.to_letter)}</Link>
  return (
    <>
      <Line
        tone="bad"
        icon="cross"
        at={died_at}
        title={edited_from === null ? say(TEXTS.became_letter) : say(TEXTS.edited)}
      >
        <p className="small">
          <code>{reason}</code> · {link}
        </p>
        {state === 'replaced' && <p className="small muted">{say(TEXTS.replaced)}</p>}
      </Line>
      {state === 'purged' && (
        <Line tone="calm" icon="stop" at={left_at} title={say(TEXTS.purged)}>
          <p className="small muted">{say(TEXTS.purged_why)}</p>
        </Line>
      )}
    </>
  )
}
