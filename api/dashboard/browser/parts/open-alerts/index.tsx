/** The open alerts about one subject; nothing where there is none. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { alertsQuery } from '../../data/alerts.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { AlertBadge } from '../state-badges/index.tsx'
import { Time } from '../time.tsx'
import { TEXTS } from './texts.ts'

export function OpenAlerts({ subject }: { subject: string }) {
  const say = useSay()
  const { whenTold } = useLive()
  const firing = useQuery({ ...alertsQuery({ state: 'firing', q: subject }), refetchInterval: whenTold() })
  const alerts = firing.data?.items.filter((alert) => alert.subject === subject) ?? []
  if (alerts.length === 0) return null
  return (
    <ul className="open-alerts" aria-label={say(TEXTS.open)}>
      {alerts.map(({ id, severity, state, name, opened_at }) => (
        <li key={id} className="row">
          <AlertBadge severity={severity} state={state} />
          <Link href={`/alerts/${id}`}>{say(TEXTS.alert, { rule: name })}</Link>
          <span className="small muted">
            <Time at={opened_at} />
          </span>
        </li>
      ))}
    </ul>
  )
}
