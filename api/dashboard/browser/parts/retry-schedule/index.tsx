/** The retry policy in words: "at 0, 10, 20, 30, 40 s, then dead". */
import { numberIn } from '../../../../../lib/texts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { TEXTS } from './texts.ts'

/** Of many, the first and the last say it. */
const SHOWN = 8

/** `schedule_s`: seconds after the first attempt. */
export function RetrySchedule({ schedule_s }: { schedule_s: readonly number[] }) {
  const say = useSay()
  const locale = useLocale()
  if (schedule_s.at(-1) === 0) return <>{say(TEXTS.at_once, { count: schedule_s.length })}</>
  const shown =
    schedule_s.length <= SHOWN ? schedule_s : [...schedule_s.slice(0, SHOWN - 2), null, schedule_s.at(-1) as number]
  const times = shown.map((at) => (at === null ? '…' : numberIn(at, locale))).join(', ')
  return <>{say(TEXTS.at, { times })}</>
}
