import { useEffect, useState } from 'react'
import { now_ms } from '../../clock.ts'
import { useLocale, useSay } from '../../languages.ts'
import { lengthIn } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

/** Runs down to `at`, and says then that it is due. */
export function Countdown({ at }: { at: string }) {
  const say = useSay()
  const locale = useLocale()
  const [, tick] = useState(0)
  const left_ms = Date.parse(at) - now_ms()
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 500)
    return () => clearInterval(timer)
  }, [])
  return (
    <strong role="timer">
      {left_ms <= 0 ? say(TEXTS.due) : say(TEXTS.in, { time: lengthIn(Math.ceil(left_ms / 1000) * 1000, locale) })}
    </strong>
  )
}
