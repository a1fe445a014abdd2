/** The log of a run: followed while it runs, searched, filtered by level, copied and downloaded. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { useParameter } from '../../address.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Button } from '../../parts/button.tsx'
import { CopyButton } from '../../parts/copy.tsx'
import { FilterText } from '../../parts/filter.tsx'
import { Panel } from '../../parts/panel.tsx'
import { shortTime } from '../../parts/time.tsx'
import { useFollowedLog, type LogLine } from './follow-log.ts'
import { LogLines, textOf } from './log-lines.tsx'
import { withoutEscapes } from '../../../../../lib/readable.ts'
import { TEXTS } from './texts.ts'

interface Props {
  run_id: string
  attempt: number
  onEnd: () => void
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal']

export function Log({ run_id, attempt, onEnd }: Props) {
  const say = useSay()
  const locale = useLocale()
  const { isPaused } = useLive()
  const { lines, dropped, state, lost_at } = useFollowedLog(run_id, attempt, isPaused, onEnd)
  const [text] = useParameter('q')
  const [least, setLeast] = useParameter('level')
  const sought = text.toLowerCase()
  const shown = useMemo(() => fitting(lines, sought, LEVELS.indexOf(least)), [lines, sought, least])
  const isFiltered = shown !== lines

  return (
    <Panel
      title={say(TEXTS.log)}
      flush
      aside={state === 'lost' ? say(TEXTS.lost, { time: shortTime(lost_at!, locale) }) : say(TEXTS[state])}
    >
      <div className="filters log-tools">
        <FilterText />
        <select
          className="select"
          aria-label={say(TEXTS.level)}
          value={least}
          onChange={({ target }) => setLeast(target.value)}
        >
          <option value="">{say(TEXTS.all_levels)}</option>
          <option value="info">{say(TEXTS.from_info)}</option>
          <option value="warn">{say(TEXTS.from_warn)}</option>
          <option value="error">{say(TEXTS.from_error)}</option>
        </select>
        <span className="small muted" role="status">
          {isFiltered
            ? say(TEXTS.lines_of, { shown: shown.length, count: lines.length })
            : say(TEXTS.lines, { count: lines.length })}
        </span>
        <span className="log-actions">
          <CopyButton
            text={() => shown.map(textOf).join('\n')}
            told={say(TEXTS.copied_lines, { count: shown.length })}
          />
          <Button icon="download" onPress={() => download(`${run_id}.log`, shown.map(textOf).join('\n'))}>
            {say(TEXTS.download)}
          </Button>
        </span>
      </div>
      <Scrolled lines={shown} dropped={dropped} sought={sought} isFiltered={isFiltered} />
    </Panel>
  )
}

/** The lines themselves where nothing is left out. */
function fitting(lines: readonly LogLine[], sought: string, least: number): readonly LogLine[] {
  if (sought === '' && least <= 0) return lines
  return lines.filter(({ level, message, data }) => {
    const place = LEVELS.indexOf(level)
    if (place !== -1 && place < least) return false
    return (
      sought === '' ||
      withoutEscapes(message).toLowerCase().includes(sought) ||
      (data !== null && JSON.stringify(data).toLowerCase().includes(sought))
    )
  })
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([`${text}\n`], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

interface ScrolledProps {
  lines: readonly LogLine[]
  dropped: number
  sought: string
  isFiltered: boolean
}

const NEAR_PX = 40
/** What scrolls so soon after a hand moved is a person; else it is a block that got its height. */
const HAND_MS = 1000

/** Stays at the newest line until somebody scrolls away from it. */
function Scrolled({ lines, dropped, sought, isFiltered }: ScrolledProps) {
  const say = useSay()
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const stays = useRef(true)
  const hand_at = useRef(-HAND_MS)
  const noteHand = ({ timeStamp }: { timeStamp: number }) => void (hand_at.current = timeStamp)
  useEffect(() => {
    const toEnd = () => {
      if (stays.current) box.current!.scrollTop = box.current!.scrollHeight
    }
    // Blocks get their heights when they are drawn.
    const observer = new ResizeObserver(toEnd)
    observer.observe(content.current!)
    return () => observer.disconnect()
  }, [])
  function goToEnd(): void {
    stays.current = true
    setAtEnd(true)
    box.current!.scrollTop = box.current!.scrollHeight
  }
  return (
    <>
      <div
        ref={box}
        className="log"
        role="log"
        aria-label={say(TEXTS.log)}
        aria-live="off"
        tabIndex={0}
        onWheel={noteHand}
        onTouchMove={noteHand}
        onPointerDown={noteHand}
        onKeyDown={noteHand}
        onScroll={({ timeStamp, currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          const isNear = scrollHeight - scrollTop - clientHeight < NEAR_PX
          if (isNear) stays.current = true
          else if (timeStamp - hand_at.current < HAND_MS) stays.current = false
          setAtEnd(isNear || stays.current)
        }}
      >
        <div ref={content}>
          {dropped > 0 && <p className="log-note">{say(TEXTS.older, { count: dropped })}</p>}
          {lines.length === 0 && <p className="log-note">{say(isFiltered ? TEXTS.no_match : TEXTS.no_lines)}</p>}
          <LogLines lines={lines} sought={sought} box={box} />
        </div>
      </div>
      {!isAtEnd && (
        <div className="log-to-end">
          <Button icon="down" onPress={goToEnd}>
            {say(TEXTS.to_end)}
          </Button>
        </div>
      )}
    </>
  )
}
