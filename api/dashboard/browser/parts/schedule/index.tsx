/** A schedule in words, with its expression on hover; one that has no short words is shown as it is. */
import { sayIn, useLocale } from '../../languages.ts'
import { TEXTS } from './texts.ts'
import { scheduleIn } from './words.ts'

interface Scheduled {
  schedule: string
  timezone: string
  after: string[] | null
}

export function Schedule({ of: { schedule, timezone, after } }: { of: Scheduled }) {
  const locale = useLocale()
  const words = after ? sayIn(locale, TEXTS.after, { jobs: after.join(', ') }) : scheduleIn(schedule, locale)
  if (words === null) return <code title={timezone}>{schedule}</code>
  return <span title={after ? undefined : `${schedule} · ${timezone}`}>{words}</span>
}
