/**
 * The lines of a log in blocks, of which only those near the window are drawn: a hundred thousand lines are a thousand
 * elements. A block that is not drawn keeps the height that it had, or may have.
 */
import { memo, useEffect, useRef, useState, type RefObject } from 'react'
import { useLocale, useSay } from '../../languages.ts'
import { exactTime } from '../../parts/time.tsx'
import { BLOCK, type LogLine } from './follow-log.ts'
import { coloured } from './terminal-text.ts'
import { withoutEscapes } from '../../../../../lib/readable.ts'
import { TEXTS } from './texts.ts'

interface Props {
  lines: readonly LogLine[]
  /** What is looked for, in small letters, or ''. */
  sought: string
  /** That scrolls. */
  box: RefObject<HTMLElement | null>
}

export function LogLines({ lines, sought, box }: Props) {
  return Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, block) => {
    const part = lines.slice(block * BLOCK, (block + 1) * BLOCK)
    return <Block key={part[0]!.id} lines={part} sought={sought} box={box} />
  })
}

/** Before a block was drawn. */
const LINE_PX = 21

const Block = memo(
  function Block({ lines, sought, box }: Props) {
    const element = useRef<HTMLDivElement>(null)
    const [isNear, setNear] = useState(false)
    const [height, setHeight] = useState<number | null>(null)
    useEffect(() => {
      const observer = new IntersectionObserver(
        ([entry]) => {
          // Before it is emptied.
          if (!entry!.isIntersecting && element.current!.childElementCount > 0)
            setHeight(element.current!.getBoundingClientRect().height)
          setNear(entry!.isIntersecting)
        },
        { root: box.current, rootMargin: '800px 0px' },
      )
      observer.observe(element.current!)
      return () => observer.disconnect()
    }, [box])
    return (
      <div ref={element} style={isNear ? undefined : { height: height ?? lines.length * LINE_PX }}>
        {isNear && lines.map((line) => <Line key={line.id} line={line} sought={sought} />)}
      </div>
    )
  },
  (before, now) =>
    before.sought === now.sought &&
    before.lines.length === now.lines.length &&
    before.lines.every(({ id }, place) => id === now.lines[place]!.id),
)

/** A longer one is cut until somebody asks for it: a line may have 1 MB. */
const SHOWN_CHARACTERS = 2000

function Line({ line: { attempt, level, message, data, logged_at }, sought }: { line: LogLine; sought: string }) {
  const say = useSay()
  const locale = useLocale()
  const [isWhole, setWhole] = useState(false)
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(new Date(logged_at))
  return (
    <div className={`log-line ${level}`}>
      <time dateTime={logged_at} title={`${exactTime(logged_at, locale)} · ${say(TEXTS.attempt, { count: attempt })}`}>
        {clock}
      </time>
      <span className="log-level">{level}</span>
      <span className="log-text">
        {coloured(isWhole ? message : message.slice(0, SHOWN_CHARACTERS)).map(({ text, look }, place) => (
          // A line does not change.
          <span key={place} className={look || undefined}>
            <Marked text={text} sought={sought} />
          </span>
        ))}
        {!isWhole && message.length > SHOWN_CHARACTERS && (
          <button type="button" className="log-more" onClick={() => setWhole(true)}>
            … {say(TEXTS.whole_line, { count: message.length })}
          </button>
        )}
        {hasContent(data) && (
          <span className="log-data">
            {' '}
            <Marked text={dataIn(data).slice(0, SHOWN_CHARACTERS)} sought={sought} />
          </span>
        )}
      </span>
    </div>
  )
}

/** With what is looked for marked. */
function Marked({ text, sought }: { text: string; sought: string }) {
  if (sought === '') return text
  const parts: React.ReactNode[] = []
  const small = text.toLowerCase()
  let from = 0
  for (let at = small.indexOf(sought); at !== -1; at = small.indexOf(sought, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + sought.length)}</mark>)
    from = at + sought.length
  }
  return [...parts, text.slice(from)]
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

/** As a text for a file: the time, the level, and all that was said. */
export function textOf({ level, message, data, logged_at }: LogLine): string {
  return `${logged_at} ${level} ${withoutEscapes(message)}${hasContent(data) ? ` ${dataIn(data)}` : ''}`
}
