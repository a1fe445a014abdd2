/** The attempts of a run and the steps that each has finished, on one line of time. */
import { useLocale, useSay } from '../../languages.ts'
import type { Schemas } from '../../api/client.ts'
import { now_ms } from '../../clock.ts'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { ATTEMPT_LOOK, AttemptBadge } from '../../parts/state-badges/index.tsx'
import { lengthIn } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

type Run = Schemas['RunDetails']
type Attempt = Run['attempts'][number]

/** Nothing before the first attempt. */
export function Timeline({ run: { queued_at, attempts, steps } }: { run: Run }) {
  const say = useSay()
  const locale = useLocale()
  if (attempts.length === 0) return null
  const end = (at: string | null) => (at === null ? now_ms() : Date.parse(at))
  const first_ms = Math.min(Date.parse(queued_at), Date.parse(attempts[0]!.started_at))
  const span_ms = Math.max(1, ...attempts.map(({ finished_at }) => end(finished_at) - first_ms))
  const across = (from_ms: number, to_ms: number) => ({
    left: `${(100 * (from_ms - first_ms)) / span_ms}%`,
    width: `${(100 * (to_ms - from_ms)) / span_ms}%`,
  })
  return (
    <Panel title={say(TEXTS.timeline)} aside={lengthIn(span_ms, locale)}>
      <ol className="timeline">
        {attempts.map((attempt) => {
          const from_ms = Date.parse(attempt.started_at)
          const to_ms = end(attempt.finished_at)
          return (
            <li key={attempt.attempt}>
              <div className="timeline-row">
                <AttemptName attempt={attempt} />
                <Track
                  look={ATTEMPT_LOOK[attempt.state][0]}
                  place={across(from_ms, to_ms)}
                  text={lengthIn(to_ms - from_ms, locale)}
                />
              </div>
              {attempt.error && (
                <p className="small muted clamp">
                  <Said text={attempt.error} />
                </p>
              )}
              <Steps of={attempt} steps={steps} across={across} />
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}

function AttemptName({ attempt: { attempt, state, worker } }: { attempt: Attempt }) {
  const say = useSay()
  return (
    <span className="row" title={worker}>
      <strong>{say(TEXTS.attempt, { count: attempt })}</strong>
      <AttemptBadge state={state} />
    </span>
  )
}

interface StepsProps {
  of: Attempt
  steps: Run['steps']
  across: (from_ms: number, to_ms: number) => { left: string; width: string }
}

/** Steps may run beside each other. One of a version before their starts were kept is drawn from the end of the one before. */
function Steps({ of: { attempt, started_at }, steps, across }: StepsProps) {
  const say = useSay()
  const locale = useLocale()
  const began_ms = Date.parse(started_at)
  const begin_of = ({ started_at, finished_at }: Run['steps'][number]) => Date.parse(started_at ?? finished_at)
  const own = steps.filter((step) => step.attempt === attempt).toSorted((a, b) => begin_of(a) - begin_of(b))
  if (own.length === 0) return null
  return (
    <ol className="timeline-steps" aria-label={say(TEXTS.steps)} tabIndex={own.length > MANY ? 0 : undefined}>
      {own.map(({ name, started_at, finished_at }, place) => {
        const to_ms = Date.parse(finished_at)
        const before_ms = place === 0 ? began_ms : Date.parse(own[place - 1]!.finished_at)
        const from_ms = Math.min(to_ms, started_at === null ? before_ms : Math.max(began_ms, Date.parse(started_at)))
        const text =
          started_at === null
            ? say(TEXTS.done_after, { time: lengthIn(to_ms - began_ms, locale) })
            : lengthIn(to_ms - from_ms, locale)
        return (
          <li key={name} className="timeline-row">
            <span className="timeline-step" title={name}>
              <Icon name="check" size={14} />
              <code>{name}</code>
            </span>
            <Track look="step" place={across(from_ms, to_ms)} text={text} />
          </li>
        )
      })}
    </ol>
  )
}

/** They scroll. */
const MANY = 8

function Track({ look, place, text }: { look: string; place: { left: string; width: string }; text: string }) {
  return (
    <>
      <span className="timeline-track">
        <span className={`timeline-bar ${look}`} style={place} />
      </span>
      <span className="timeline-text small muted">{text}</span>
    </>
  )
}
