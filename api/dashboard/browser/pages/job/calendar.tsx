/**
 * A job's times as a calendar: a cell a day, in weeks, or a cell an hour, in days, by how often it runs. A cell is coloured, marked and
 * named by the worst that came of its times. The arrow keys move among the cells.
 */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import type { Schemas } from '../../api/client.ts'
import { calendarQuery } from '../../data/jobs.ts'
import { useLocale, useSay, type Locale } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices } from '../../parts/filter.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { OUTCOME_LOOK, OutcomeBadge, type Outcome } from '../../parts/state-badges/index.tsx'
import { STATES } from '../../parts/state-badges/texts.ts'
import { Loaded } from '../../parts/states.tsx'
import { numberIn } from '../../../../../lib/texts.ts'
import { daysUntil, weekdayOf } from './days.ts'
import { TEXTS } from './texts.ts'

type Calendar = Schemas['JobCalendar']
type Cell = Calendar['cells'][number]

/** 53 weeks, of which the last may have begun today. */
const DAYS = 371
const DAYS_OF_HOURS = 14
/** A job that runs more often than this is shown by the hour. */
const DENSE_MS = 8 * 3_600_000

export function SlotCalendar({ job }: { job: Schemas['JobDetails'] }) {
  const say = useSay()
  const { every } = useLive()
  const [chosen] = useParameter('by')
  const standard = isDense(job) ? 'hour' : 'day'
  const by = chosen === 'day' || chosen === 'hour' ? chosen : standard
  const calendar = useQuery({
    ...calendarQuery(job.name, by, by === 'day' ? DAYS : DAYS_OF_HOURS),
    refetchInterval: every(15_000),
  })
  return (
    <Panel
      title={say(TEXTS.slots)}
      aside={
        <FilterChoices
          label={say(TEXTS.by)}
          parameter="by"
          standard={standard}
          options={[
            ['day', say(TEXTS.by_day)],
            ['hour', say(TEXTS.by_hour)],
          ]}
        />
      }
    >
      <Loaded query={calendar} lines={4}>
        {(known) => (
          <>
            <p className="small muted">{say(by === 'day' ? TEXTS.year : TEXTS.fortnight, { zone: known.timezone })}</p>
            {by === 'day' ? <Year job={job.name} calendar={known} /> : <Fortnight job={job.name} calendar={known} />}
            <Legend job={job.name} cells={known.cells} />
          </>
        )}
      </Loaded>
    </Panel>
  )
}

function isDense({ next, recent_runs }: Schemas['JobDetails']): boolean {
  const times = next.length > 1 ? next.map(({ slot }) => slot) : recent_runs.map(({ at }) => at)
  if (times.length < 2) return false
  return Math.abs(Date.parse(times.at(-1)!) - Date.parse(times[0]!)) / (times.length - 1) < DENSE_MS
}

interface GridProps {
  job: string
  calendar: Calendar
}

/** Weeks from left to right, each from Monday to Sunday; today is the last. */
function Year({ job, calendar: { today, cells } }: GridProps) {
  const locale = useLocale()
  const say = useSay()
  const by_day = new Map(cells.map((cell) => [cell.local, cell]))
  const days = daysUntil(today, DAYS - 6 + weekdayOf(today))
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => void box.current?.scrollTo({ left: box.current.scrollWidth }), [])
  const month = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  return (
    <div
      ref={box}
      className="calendar"
      role="group"
      aria-label={say(TEXTS.slots)}
      onKeyDown={(event) => moveBy(event, 1, 7)}
    >
      <div className="calendar-weekdays small muted" aria-hidden="true">
        {days.slice(0, 7).map((day, row) => (
          <span key={day}>{row % 2 === 0 && weekday.format(Date.parse(day))}</span>
        ))}
      </div>
      <div className="calendar-year">
        {Array.from({ length: Math.ceil(days.length / 7) }, (_, week) => {
          const of_week = days.slice(7 * week, 7 * week + 7)
          const first = of_week.find((day) => day.endsWith('-01')) ?? (week === 0 ? of_week[0] : undefined)
          return (
            <div key={of_week[0]} className="calendar-week">
              <span className="calendar-month small muted" aria-hidden="true">
                {first && (week === 0 ? Number(first.slice(8)) < 20 : true) && month.format(Date.parse(first))}
              </span>
              {of_week.map((day) => (
                <Mark key={day} job={job} local={day} cell={by_day.get(day)} isLast={day === today} />
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))

/** Days from above, the newest first, each from hour 0 to 23. */
function Fortnight({ job, calendar: { today, cells } }: GridProps) {
  const locale = useLocale()
  const say = useSay()
  const by_hour = new Map(cells.map((cell) => [cell.local, cell]))
  const day_of = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: '2-digit',
    month: '2-digit',
    timeZone: 'UTC',
  })
  const newest = cells.at(-1)?.local
  return (
    <div
      className="calendar-hours"
      role="group"
      aria-label={say(TEXTS.slots)}
      onKeyDown={(event) => moveBy(event, 24, 1)}
    >
      <span />
      {HOURS.map((hour) => (
        <span key={hour} className="calendar-hour small muted" aria-hidden="true">
          {Number(hour) % 3 === 0 && hour}
        </span>
      ))}
      {daysUntil(today, DAYS_OF_HOURS)
        .toReversed()
        .flatMap((day) => [
          <span key={day} className="calendar-day small muted" aria-hidden="true">
            {day_of.format(Date.parse(day))}
          </span>,
          ...HOURS.map((hour) => {
            const local = `${day}T${hour}`
            return <Mark key={local} job={job} local={local} cell={by_hour.get(local)} isLast={local === newest} />
          }),
        ])}
    </div>
  )
}

function Mark({ job, local, cell, isLast }: { job: string; local: string; cell: Cell | undefined; isLast: boolean }) {
  const say = useSay()
  const locale = useLocale()
  const at = localName(local, locale)
  if (!cell) return <span className="cell" title={say(TEXTS.nothing_at, { at })} />
  const outcomes = outcomesOf(cell)
  const [tone, icon] = OUTCOME_LOOK[outcomes[0]![0]]
  const words = outcomes.map(([outcome, count]) =>
    count === 1 && outcomes.length === 1 ? say(STATES[outcome]) : `${numberIn(count, locale)} ${say(STATES[outcome])}`,
  )
  const label = `${at}: ${words.join(', ')}`
  const isOne = outcomes.length === 1 && outcomes[0]![1] === 1 && cell.run_id !== null
  const href = isOne ? `/runs/${cell.run_id}` : `/jobs/${job}?from=${cell.from}&to=${cell.to}`
  return (
    <Link
      className={`cell ${tone}`}
      href={href}
      title={label}
      aria-label={label}
      tabIndex={isLast ? 0 : -1}
      data-at={local}
      data-outcomes={outcomes.map(([outcome]) => outcome).join(' ')}
    >
      <Icon name={icon} size={12} />
    </Link>
  )
}

const RANK = Object.keys(OUTCOME_LOOK) as Outcome[]

/** Worst first. */
const outcomesOf = ({ outcomes }: Cell): Array<[Outcome, number]> =>
  RANK.flatMap((outcome) => (outcomes[outcome] ? [[outcome, outcomes[outcome]] as [Outcome, number]] : []))

/** `2026-11-20` or `2026-11-20T05`, of the job's clock. */
function localName(local: string, locale: Locale): string {
  const [day, hour] = local.split('T') as [string, string | undefined]
  const at = Date.parse(hour === undefined ? day : `${day}T${hour}:00Z`)
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    ...(hour !== undefined && { timeStyle: 'short' }),
    timeZone: 'UTC',
  }).format(at)
}

/** The arrow keys lead to the next cell with something in it; `across` and `down` say how far that is in the order of the page. */
function moveBy(event: KeyboardEvent<HTMLElement>, down: number, across: number): void {
  const step = { ArrowDown: down, ArrowUp: -down, ArrowRight: across, ArrowLeft: -across }[event.key]
  if (step === undefined) return
  const cells = [...event.currentTarget.querySelectorAll<HTMLElement>('.cell')]
  const from = cells.indexOf(event.target as HTMLElement)
  if (from === -1) return
  event.preventDefault()
  for (let at = from + step; at >= 0 && at < cells.length; at += step)
    if (cells[at]!.matches('a')) return cells[at]!.focus()
}

/** Where the runs of an outcome are listed; the others have none, and their count leads to the newest cell. */
const RUNS_OF: Partial<Record<Outcome, string>> = {
  failed: 'state=failed',
  running: 'state=running',
  queued: 'state=queued',
  cancelled: 'state=cancelled',
  ran: 'state=succeeded',
  backfilled: 'trigger=backfill',
}

function focusNewest(outcome: Outcome): void {
  const found = [...document.querySelectorAll<HTMLElement>(`.cell[data-outcomes~="${outcome}"]`)]
  found
    .toSorted((a, b) => a.dataset.at!.localeCompare(b.dataset.at!))
    .at(-1)
    ?.focus()
}

/** How many of each. */
function Legend({ job, cells }: { job: string; cells: readonly Cell[] }) {
  const say = useSay()
  const locale = useLocale()
  const total = (outcome: Outcome) => cells.reduce((sum, { outcomes }) => sum + (outcomes[outcome] ?? 0), 0)
  const found = RANK.filter((outcome) => total(outcome) > 0)
  if (found.length === 0) return <p className="muted">{say(TEXTS.no_slots)}</p>
  return (
    <ul className="row slots-legend">
      {found.map((outcome) => (
        <li key={outcome} className="row">
          <OutcomeBadge outcome={outcome} />
          {RUNS_OF[outcome] ? (
            <Link
              className="small"
              href={`/jobs/${job}?${RUNS_OF[outcome]}&from=${cells[0]!.from}&to=${cells.at(-1)!.to}`}
            >
              {numberIn(total(outcome), locale)}
            </Link>
          ) : (
            <button
              type="button"
              className="link small"
              title={say(TEXTS.to_newest)}
              onClick={() => focusNewest(outcome)}
            >
              {numberIn(total(outcome), locale)}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
