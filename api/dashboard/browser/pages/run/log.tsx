import { useEffect, useRef, useState } from 'react'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { exactTime, shortTime } from '../../parts/time.tsx'
import { useFollowedLog, type LogLine } from './follow-log.ts'
import { TEXTS } from './texts.ts'
import { withoutEscapes } from './without-escapes.ts'

interface Props {
  run_id: string
  attempt: number
  onEnd: () => void
}

export function Log({ run_id, attempt, onEnd }: Props) {
  const say = useSay()
  const locale = useLocale()
  const { isPaused } = useLive()
  const { lines, dropped, state, lost_at } = useFollowedLog(run_id, attempt, isPaused, onEnd)
  const box = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  useEffect(() => {
    if (isAtEnd && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines, isAtEnd])

  return (
    <Panel
      title={say(TEXTS.log)}
      flush
      aside={state === 'lost' ? say(TEXTS.lost, { time: shortTime(lost_at!, locale) }) : say(TEXTS[state])}
    >
      <div
        ref={box}
        className="log"
        role="log"
        aria-label={say(TEXTS.log)}
        aria-live="off"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_PX)
        }
      >
        {dropped > 0 && <p className="log-note">{say(TEXTS.older, { count: dropped })}</p>}
        {lines.length === 0 && <p className="log-note">{say(TEXTS.no_lines)}</p>}
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </div>
      {!isAtEnd && (
        <div className="log-to-end">
          <Button icon="down" onPress={() => setAtEnd(true)}>
            {say(TEXTS.to_end)}
          </Button>
        </div>
      )}
    </Panel>
  )
}

const NEAR_PX = 40

/** A longer one is cut until somebody asks for it: a line may have 1 MB. */
const SHOWN_CHARACTERS = 2000

function Line({ line: { attempt, level, message, data, logged_at } }: { line: LogLine }) {
  const say = useSay()
  const locale = useLocale()
  const [isWhole, setWhole] = useState(false)
  const text = withoutEscapes(isWhole ? message : message.slice(0, SHOWN_CHARACTERS))
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(new Date(logged_at))
  return (
    <div className={`log-line ${level}`}>
      <time dateTime={logged_at} title={`${exactTime(logged_at, locale)} · ${say(TEXTS.attempt, { count: attempt })}`}>
        {clock}
      </time>
      <span className="log-level">{level}</span>
      <span className="log-text">
        {text}
        {!isWhole && message.length > SHOWN_CHARACTERS && (
          <button type="button" className="log-more" onClick={() => setWhole(true)}>
            … {say(TEXTS.whole_line, { count: message.length })}
          </button>
        )}
        {hasContent(data) && <span className="log-data"> {dataIn(data).slice(0, SHOWN_CHARACTERS)}</span>}
      </span>
    </div>
  )
}

/** `name=value`; a text stands as it is, so that a stack has its lines. */
function dataIn(data: unknown): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return JSON.stringify(data)
  const valueIn = (value: unknown) => (typeof value === 'string' ? withoutEscapes(value) : JSON.stringify(value))
  return Object.entries(data)
    .map(([name, value]) => `${name}=${valueIn(value)}`)
    .join(' ')
}

const hasContent = (data: unknown) => data !== null && data !== undefined && JSON.stringify(data) !== '{}'
