/** One alert: what happened, what was told of it where, and what a person can do. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'wouter'
import { ask, type Schemas } from '../../api/client.ts'
import { alertQuery } from '../../data/alerts.ts'
import { now_ms } from '../../clock.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { AlertBadge } from '../../parts/state-badges/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { KINDS, TEXTS } from './texts.ts'

type Alert = Schemas['AlertDetails']

export default function AlertPage() {
  const { id = '' } = useParams<{ id: string }>()
  const { whenTold } = useLive()
  const alert = useQuery({ ...alertQuery(id), refetchInterval: whenTold() })
  return <Loaded query={alert}>{(known) => <AlertView alert={known} />}</Loaded>
}

function AlertView({ alert }: { alert: Alert }) {
  const say = useSay()
  const { name, rule, subject, severity, state, detail, failures, caused_by } = alert
  const times = [
    [say(TEXTS.opened), alert.opened_at],
    [say(TEXTS.fired), alert.fired_at],
    [say(TEXTS.last_failed), alert.last_failed_at],
    [say(TEXTS.resolved), alert.resolved_at],
  ] as const
  return (
    <>
      <PageHead title={subject} badge={<AlertBadge severity={severity} state={state} />}>
        <Silence rule={rule} subject={subject} />
        {state === 'firing' && alert.acknowledged_at === null && <TakeNote id={alert.id} />}
      </PageHead>
      <div className="stack">
        <Panel title={name}>
          <p className="alert-detail">{detail}</p>
          {alert.flapping_at !== null && alert.steady_at === null && <p className="muted">{say(TEXTS.flapping)}</p>}
        </Panel>
        <Panel title={say(TEXTS.facts)}>
          <Facts
            of={[
              [say(TEXTS.rule), <code>{rule}</code>],
              [
                say(TEXTS.subject),
                rule.startsWith('JOB_') ? <Link href={`/jobs/${subject}`}>{subject}</Link> : subject,
              ],
              ...times.flatMap(([word, at]) => (at === null ? [] : [[word, <Time at={at} />] as const])),
              [say(TEXTS.failures), failures],
              ...(alert.acknowledged_at === null
                ? []
                : [
                    [
                      say(TEXTS.noted),
                      <>
                        <Time at={alert.acknowledged_at} />{' '}
                        {say(TEXTS.noted_by, { name: alert.acknowledged_by ?? '?' })}
                      </>,
                    ] as const,
                  ]),
              ...(caused_by === null
                ? []
                : [[say(TEXTS.cause), <Link href={`/alerts/${caused_by}`}>{say(TEXTS.cause_link)}</Link>] as const]),
            ]}
          />
        </Panel>
        <Told notifications={alert.notifications} />
      </div>
    </>
  )
}

function TakeNote({ id }: { id: string }) {
  const say = useSay()
  const queries = useQueryClient()
  if (!useMay('operator')) return null
  return (
    <Confirm
      action={say(TEXTS.note)}
      icon="check"
      look="main"
      title={say(TEXTS.note_title)}
      run={async () => {
        await ask((api) => api.POST('/alerts/{id}/ack', { params: { path: { id } } }))
        await queries.invalidateQueries({ queryKey: ['alerts'] })
        tell(say(TEXTS.noted_now))
      }}
    >
      <p>{say(TEXTS.note_why)}</p>
    </Confirm>
  )
}

function Silence({ rule, subject }: { rule: string; subject: string }) {
  const say = useSay()
  const queries = useQueryClient()
  const [hours, setHours] = useState('2')
  const [reason, setReason] = useState('')
  if (!useMay('admin')) return null

  async function silence(): Promise<void> {
    const ends_at = new Date(now_ms() + Number(hours.replace(',', '.')) * 3_600_000).toISOString()
    const body = { rule: rule as Schemas['NewSilence']['rule'] & string, subject, ends_at, reason }
    await ask((api) => api.POST('/silences', { body }))
    await queries.invalidateQueries({ queryKey: ['silences'] })
    tell(say(TEXTS.silenced, { subject }))
  }

  return (
    <Confirm action={say(TEXTS.silence)} icon="bell" title={say(TEXTS.silence_title, { subject, rule })} run={silence}>
      <p>{say(TEXTS.silence_why)}</p>
      <Field
        label={say(TEXTS.hours)}
        value={hours}
        onChange={setHours}
        inputMode="decimal"
        pattern="\d+([.,]\d+)?"
        isRequired
      />
      <Field label={say(TEXTS.reason)} value={reason} onChange={setReason} maxLength={500} isRequired />
    </Confirm>
  )
}

type Notification = Alert['notifications'][number]

function Told({ notifications }: { notifications: readonly Notification[] }) {
  const say = useSay()
  return (
    <Panel title={say(TEXTS.told)} flush>
      {notifications.length === 0 ? (
        <p className="panel-note muted">{say(TEXTS.not_told)}</p>
      ) : (
        <Table
          label={say(TEXTS.told)}
          rows={notifications}
          id={({ channel, kind, created_at }) => `${channel} ${kind} ${created_at}`}
          columns={[
            { title: say(TEXTS.channel), cell: ({ channel }) => <code>{channel}</code> },
            { title: say(TEXTS.message), cell: ({ kind }) => say(KINDS[kind]) },
            { title: say(TEXTS.when), cell: ({ sent_at, created_at }) => <Time at={sent_at ?? created_at} /> },
            { title: say(TEXTS.outcome), look: 'wide', cell: (one) => <Outcome of={one} /> },
          ]}
        />
      )}
    </Panel>
  )
}

function Outcome({ of: { sent_at, dead_at, last_error } }: { of: Notification }) {
  const say = useSay()
  if (sent_at !== null)
    return (
      <Badge tone="good" icon="check">
        {say(TEXTS.sent)}
      </Badge>
    )
  return (
    <span className="row">
      <Badge tone={dead_at === null ? 'calm' : 'bad'} icon={dead_at === null ? 'waiting' : 'cross'}>
        {say(dead_at === null ? TEXTS.waiting : TEXTS.given_up)}
      </Badge>
      <span className="small muted">{last_error}</span>
    </span>
  )
}
