import { numberIn } from '../../../../../lib/texts.ts'
import type { HistoryEvent } from '../../data/events.ts'
import { useLocale, useSay } from '../../languages.ts'
import type { Tone } from '../../parts/badge.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { dayAndTime, Time } from '../../parts/time.tsx'
import { KIND, TEXTS } from './texts.ts'

type Kind = keyof typeof KIND

const LOOK: Record<Kind, readonly [tone: Tone, icon: IconName]> = {
  sale: ['info', 'down'],
  return: ['warn', 'retry'],
  purchase: ['good', 'up'],
  adjustment: ['calm', 'edit'],
}

/** What it does to the stock. */
const SIGN: Record<Kind, -1 | 1> = { sale: -1, return: 1, purchase: 1, adjustment: 1 }

export function EventLine({ event }: { event: HistoryEvent }) {
  const say = useSay()
  const locale = useLocale()
  const { event_id, kind, quantity, occurred_at, data, packaging, trace_id } = event
  const known = kind in KIND ? (kind as Kind) : null
  const [tone, icon] = known ? LOOK[known] : (['calm', 'unknown'] as const)
  const change = quantity * (known ? SIGN[known] : 1)
  const details = Object.entries(data)
  return (
    <li className="event">
      <span className={`event-mark ${tone}`}>
        <Icon name={icon} size={14} />
      </span>
      <div className="event-text">
        <p className="event-head">
          <strong>
            {known ? say(KIND[known]) : kind} · {change > 0 ? '+' : change < 0 ? '−' : ''}
            {numberIn(Math.abs(change), locale)}
          </strong>
          <span className="muted small">
            {dayAndTime(occurred_at, locale)} · <Time at={occurred_at} />
          </span>
        </p>
        {details.length > 0 && (
          <dl className="event-data small">
            {details.map(([name, value]) => (
              <div key={name}>
                <dt className="muted">{name}</dt>
                <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        )}
        {packaging === null && <p className="small muted">{say(TEXTS.item_unknown)}</p>}
        {typeof packaging?.name === 'string' && (
          <p className="small muted">{say(TEXTS.item_then, { name: packaging.name })}</p>
        )}
        <p className="small muted">
          {say(TEXTS.event)} <code>{event_id}</code> · {say(TEXTS.trace)} <code>{trace_id}</code>
        </p>
      </div>
    </li>
  )
}
