import type { Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { KINDS, TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

type Notification = Schemas['AlertDetails']['notifications'][number]

/** By channel: what was sent, what waits, and why something could not be. */
export function Deliveries({ notifications }: { notifications: readonly Notification[] }) {
  const say = useSay()
  return (
    <Panel title={say(TEXTS.told)} flush>
      {notifications.length === 0 ? (
        <p className="panel-note muted">{say(TEXTS.not_told)}</p>
      ) : (
        <Table
          label={say(TEXTS.told)}
          rows={notifications.toSorted((a, b) => (a.channel < b.channel ? -1 : a.channel > b.channel ? 1 : 0))}
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

function Outcome({ of: { sent_at, dead_at, last_error, attempts } }: { of: Notification }) {
  const say = useSay()
  const tries = attempts > 1 ? ` · ${say(TEXTS.attempts, { count: attempts })}` : ''
  if (sent_at !== null)
    return (
      <span className="row">
        <Badge tone="good" icon="check">
          {say(TEXTS.sent)}
        </Badge>
        {tries && <span className="small muted">{tries.slice(3)}</span>}
      </span>
    )
  return (
    <span className="row">
      <Badge tone={dead_at === null ? 'calm' : 'bad'} icon={dead_at === null ? 'waiting' : 'cross'}>
        {say(dead_at === null ? TEXTS.waiting : TEXTS.given_up)}
      </Badge>
      <span className="small muted">
        {last_error !== null && <Said text={last_error} />}
        {tries}
      </span>
    </span>
  )
}
