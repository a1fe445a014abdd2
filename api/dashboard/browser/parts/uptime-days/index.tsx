/** A bar for each of the last thirty days, the newest at the right: coloured by how many of its checks failed. */
import type { Schemas } from '../../api/client.ts'
import { useLocale, useSay } from '../../languages.ts'
import { numberIn } from '../../../../../lib/texts.ts'
import { TEXTS } from './texts.ts'

type Day = Schemas['Monitor']['days'][number]

/** As many as the API sends. */
const DAYS = 30
const DAY_MS = 86_400_000
/** Below this share of good checks a day was bad. */
const BAD_SHARE = 0.98

export function UptimeDays({ days, large = false }: { days: readonly Day[]; large?: boolean }) {
  const say = useSay()
  const locale = useLocale()
  const last_ms = Math.max(0, ...days.map(({ to }) => Date.parse(to)))
  const bars = Array.from({ length: DAYS }, (_, place) => {
    const to_ms = last_ms - (DAYS - 1 - place) * DAY_MS
    return days.find(({ to }) => Math.abs(Date.parse(to) - to_ms) < DAY_MS / 2)
  })
  const shares = days.map(({ good, failed }) => good / Math.max(1, good + failed))
  const label = say(TEXTS.all, {
    count: days.length,
    bad: shares.filter((share) => share < 1).length,
  })
  return (
    <div className={large ? 'uptime-days large' : 'uptime-days'} role="img" aria-label={label}>
      {bars.map((day, place) => {
        if (!day) return <span key={place} className="uptime-day" title={say(TEXTS.nothing)} />
        const { from, to, good, failed } = day
        const share = good / Math.max(1, good + failed)
        const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
        const title = say(TEXTS.day, {
          from: date.format(Date.parse(from)),
          to: date.format(Date.parse(to)),
          share: `${numberIn(100 * share, locale, 2)}%`,
          failed,
        })
        return (
          <span
            key={place}
            className={`uptime-day ${share === 1 ? 'good' : share < BAD_SHARE ? 'bad' : 'warn'}`}
            title={title}
          />
        )
      })}
    </div>
  )
}
