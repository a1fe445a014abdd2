import { useLocale, useSay } from '../languages.ts'
import { useLive } from '../live.tsx'
import { Icon } from '../parts/icon.tsx'
import { shortTime } from '../parts/time.tsx'
import { TEXTS } from './texts.ts'

/** Whether the page follows what happens; a press pauses it. */
export function LiveState() {
  const say = useSay()
  const locale = useLocale()
  const { isPaused, setPaused, lost_at } = useLive()
  if (lost_at !== null)
    return (
      <span className="live lost" role="status">
        <Icon name="retry" size={14} />
        {say(TEXTS.lost, { time: shortTime(lost_at, locale) })}
      </span>
    )
  return (
    <button
      type="button"
      className={isPaused ? 'live paused' : 'live'}
      title={say(isPaused ? TEXTS.resume : TEXTS.pause)}
      onClick={() => setPaused(!isPaused)}
    >
      {isPaused ? <Icon name="pause" size={14} /> : <span className="live-dot" />}
      {say(isPaused ? TEXTS.paused : TEXTS.live)}
    </button>
  )
}
