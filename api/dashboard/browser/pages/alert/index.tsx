/** One alert: what happened, what to do next, its runs, and what was told of it where. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import type { Schemas } from '../../api/client.ts'
import { alertQuery, silenceOf, silencesQuery } from '../../data/alerts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Acknowledge } from '../../parts/acknowledge/index.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { NewSilence } from '../../parts/silence-form/index.tsx'
import { AlertBadge } from '../../parts/state-badges/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { shortTime, Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { Deliveries } from './deliveries.tsx'
import { Runs } from './runs.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

type Alert = Schemas['AlertDetails']

export default function AlertPage() {
  const { id = '' } = useParams<{ id: string }>()
  const { whenTold } = useLive()
  const alert = useQuery({ ...alertQuery(id), refetchInterval: whenTold() })
  return <Loaded query={alert}>{(known) => <AlertView alert={known} />}</Loaded>
}

/** Of rules whose subject is a job. */
const isOfJob = ({ rule }: Alert): boolean => rule.startsWith('JOB_') && rule !== 'JOB_INVALID'

function AlertView({ alert }: { alert: Alert }) {
  const say = useSay()
  const { title, name, rule, subject, severity, state, detail, flapping_at, steady_at } = alert
  return (
    <>
      <PageHead
        title={title.slice(0, 1).toUpperCase() + title.slice(1)}
        badge={<AlertBadge severity={severity} state={state} />}
      >
        <NewSilence key={`${rule} ${subject}`} rule={rule} subject={subject} />
        <Acknowledge alerts={[alert]} />
      </PageHead>
      <div className="stack">
        <Silenced alert={alert} />
        <div className="columns">
          <Panel title={say(TEXTS.happened)} aside={<code>{name}</code>}>
            <p className="alert-detail">
              <Said text={detail} />
            </p>
            {flapping_at !== null && steady_at === null && <p className="muted">{say(TEXTS.flapping)}</p>}
          </Panel>
          <Next alert={alert} />
        </div>
        <AlertFacts alert={alert} />
        {isOfJob(alert) && <Runs job={subject} />}
        <Deliveries notifications={alert.notifications} />
      </div>
    </>
  )
}

function Silenced({ alert }: { alert: Alert }) {
  const say = useSay()
  const locale = useLocale()
  const { whenTold } = useLive()
  const silences = useQuery({ ...silencesQuery(), refetchInterval: whenTold() })
  const silence = alert.state === 'resolved' ? undefined : silenceOf(silences.data?.items ?? [], alert)
  if (!silence) return null
  const { ends_at, created_by, reason } = silence
  return (
    <p className="row">
      <Badge tone="calm" icon="mute">
        {say(TEXTS.silenced, { time: shortTime(ends_at, locale) })}
      </Badge>
      <span>
        {say(TEXTS.silenced_by, { name: created_by, reason })} <Link href="/silences">{say(TEXTS.silences)}</Link>
      </span>
    </p>
  )
}

/** What is there that the alert came of. */
function nameOf(path: string) {
  if (path.startsWith('/dead-letters')) return TEXTS.to_letters
  return path.startsWith('/orders') ? TEXTS.to_orders : TEXTS.to_run
}

function Next({ alert: { advice, command, path, state } }: { alert: Alert }) {
  const say = useSay()
  return (
    <Panel title={say(TEXTS.next)}>
      <div className="stack">
        {/* Commands stand between backticks. */}
        <p>{advice.split('`').map((part, nth) => (nth % 2 === 1 ? <code key={nth}>{part}</code> : part))}</p>
        <div className="row">
          {path !== null && (
            <Link className="button" href={path}>
              {say(nameOf(path))}
            </Link>
          )}
          {state !== 'resolved' && (
            <>
              <code className="alert-command">{command}</code>
              <Button
                look="quiet"
                onPress={() => void navigator.clipboard.writeText(command).then(() => tell(say(TEXTS.copied)))}
              >
                {say(TEXTS.copy)}
              </Button>
            </>
          )}
        </div>
      </div>
    </Panel>
  )
}

function AlertFacts({ alert }: { alert: Alert }) {
  const say = useSay()
  const { rule, subject, failures, caused_by, acknowledged_at, acknowledged_by, acknowledged_note } = alert
  const times = [
    [say(TEXTS.opened), alert.opened_at],
    [say(TEXTS.fired), alert.fired_at],
    [say(TEXTS.last_failed), alert.last_failed_at],
    [say(TEXTS.resolved), alert.resolved_at],
  ] as const
  const earlier = new URLSearchParams({ state: 'resolved', rule, q: subject })
  return (
    <Panel title={say(TEXTS.facts)} aside={<Link href={`/alerts?${earlier}`}>{say(TEXTS.earlier)}</Link>}>
      <Facts
        of={[
          [say(TEXTS.subject), isOfJob(alert) ? <Link href={`/jobs/${subject}`}>{subject}</Link> : subject],
          ...times.flatMap(([word, at]) => (at === null ? [] : [[word, <Time at={at} />] as const])),
          [say(TEXTS.failures), failures],
          ...(acknowledged_at === null
            ? []
            : [
                [
                  say(TEXTS.noted),
                  <>
                    <Time at={acknowledged_at} /> {say(TEXTS.noted_by, { name: acknowledged_by ?? '?' })}
                    {acknowledged_note !== null && <q className="alert-note">{acknowledged_note}</q>}
                  </>,
                ] as const,
              ]),
          ...(caused_by === null
            ? []
            : [[say(TEXTS.cause), <Link href={`/alerts/${caused_by}`}>{say(TEXTS.cause_link)}</Link>] as const]),
        ]}
      />
    </Panel>
  )
}
