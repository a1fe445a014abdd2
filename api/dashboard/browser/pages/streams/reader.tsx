/** A group on a topic: its figures, its lag over time, its partitions. */
import { useMemo } from 'react'
import { durationIn, numberIn } from '../../../../../lib/texts.ts'
import type { LagPoint, Reader, ReaderPartition } from '../../data/streams.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { OpenAlerts } from '../../parts/open-alerts/index.tsx'
import { Facts, Panel } from '../../parts/panel.tsx'
import { Table } from '../../parts/table.tsx'
import { TimeSeries } from '../../parts/time-series/index.tsx'
import { ADVICE, STATE, TEXTS, TREND } from './texts.ts'

const LOOK: Record<Reader['state'], readonly [tone: Tone, icon: IconName]> = {
  paused: ['worst', 'pause'],
  nobody_reads: ['bad', 'cross'],
  stuck: ['bad', 'stop'],
  falling_behind: ['bad', 'up'],
  topic_missing: ['calm', 'unknown'],
  behind: ['warn', 'waiting'],
  catching_up: ['info', 'down'],
  in_time: ['good', 'check'],
}

interface Props {
  reader: Reader
  /** Undefined until it is there. */
  series: LagPoint[] | undefined
  shows: 'messages' | 'time'
  /** On the chart. */
  withDay: boolean
}

export function ReaderPanel({ reader, series, shows, withDay }: Props) {
  const say = useSay()
  const words = useWords()
  const { group, topic, state, members, lag, waited_s, trend, partitions } = reader
  const [tone, icon] = LOOK[state]
  const advice = state in ADVICE ? ADVICE[state as keyof typeof ADVICE] : null
  return (
    <div className="stream-reader">
      <Panel
        title={topic}
        aside={
          <Badge tone={tone} icon={icon}>
            {say(STATE[state])}
          </Badge>
        }
      >
        <div className="stack">
          <p className="muted small">{say(TEXTS.group, { group })}</p>
          <OpenAlerts subject={`${group} ${topic}`} />
          {advice && (
            <p className="stream-advice">
              <Icon name="info" size={16} /> {say(advice)}
            </p>
          )}
          {partitions.length > 0 && (
            <>
              <Facts
                isDense
                of={[
                  [say(TEXTS.lag), <strong>{say(TEXTS.messages, { count: lag })}</strong>],
                  [say(TEXTS.waited), lag === 0 ? '—' : words.time(waited_s)],
                  [say(TEXTS.trend), trend === null ? say(TEXTS.unknown) : say(TREND[trend])],
                  [say(TEXTS.clear), words.clear(reader)],
                  [say(TEXTS.produced), words.rate(reader.produced_per_s)],
                  [say(TEXTS.finished), words.rate(reader.finished_per_s)],
                  [say(TEXTS.members), members],
                ]}
              />
              {series && <LagChart reader={reader} series={series} shows={shows} withDay={withDay} />}
              <details className="stream-partitions">
                <summary>
                  {say(TEXTS.partitions)}: {partitions.length}
                </summary>
                <Partitions partitions={partitions} label={`${say(TEXTS.partitions)}: ${topic}`} />
              </details>
            </>
          )}
        </div>
      </Panel>
    </div>
  )
}

function useWords() {
  const say = useSay()
  const locale = useLocale()
  const time = (seconds: number | null) => (seconds === null ? say(TEXTS.unknown) : durationIn(seconds * 1000, locale))
  return {
    time,
    rate: (per_s: number | null) =>
      per_s === null
        ? say(TEXTS.unknown)
        : say(TEXTS.per_second, { rate: numberIn(per_s, locale, per_s < 10 ? 2 : 0) }),
    clear({ lag, clear_s, finished_per_s }: Pick<Reader, 'lag' | 'clear_s' | 'finished_per_s'>) {
      if (lag === 0) return say(TEXTS.now)
      return clear_s === null && finished_per_s !== null ? say(TEXTS.never) : time(clear_s)
    },
  }
}

const SECOND = ['s', 1] as const
const UNITS = [['d', 86_400], ['h', 3600], ['min', 60], SECOND] as const

function LagChart({ reader: { group, topic }, series, shows, withDay }: Props & { series: LagPoint[] }) {
  const say = useSay()
  const most_s = Math.max(0, ...series.map(({ waited_s }) => waited_s ?? 0))
  const [unit, unit_s] = UNITS.find(([, one_s]) => most_s >= 2 * one_s) ?? SECOND
  const name = say(shows === 'time' ? TEXTS.waited : TEXTS.lag)
  const { times, lines } = useMemo(() => {
    const inTime = (seconds: number | null) => (seconds === null ? null : seconds / unit_s)
    return {
      times: series.map(({ at }) => at),
      lines: [
        {
          name,
          colour: 'accent',
          values: series.map(({ lag, waited_s }) => (shows === 'time' ? inTime(waited_s) : lag)),
        },
      ],
    }
  }, [series, shows, unit_s, name])
  if (series.length === 0) return <p className="muted">{say(TEXTS.no_series)}</p>
  if (series.every(({ lag }) => lag === 0)) return <p className="muted">{say(TEXTS.no_lag)}</p>
  return (
    <TimeSeries
      label={`${name}: ${group} ${topic}`}
      times={times}
      series={lines}
      unit={shows === 'time' ? unit : ''}
      withDay={withDay}
    />
  )
}

function Partitions({ partitions, label }: { partitions: ReaderPartition[]; label: string }) {
  const say = useSay()
  const locale = useLocale()
  const words = useWords()
  const worstFirst = partitions.toSorted((a, b) => (b.waited_s ?? 0) - (a.waited_s ?? 0) || b.lag - a.lag)
  return (
    <Table
      label={label}
      rows={worstFirst}
      id={({ partition }) => String(partition)}
      columns={[
        { title: say(TEXTS.partition), look: 'number', cell: ({ partition }) => partition },
        { title: say(TEXTS.lag), look: 'number', cell: ({ lag }) => numberIn(lag, locale) },
        {
          title: say(TEXTS.waited),
          look: 'number',
          cell: ({ lag, waited_s }) => (lag === 0 ? '—' : words.time(waited_s)),
        },
        { title: say(TEXTS.clear), look: 'number', cell: words.clear },
        {
          title: say(TEXTS.offsets),
          look: 'number',
          can_wait: true,
          cell: ({ committed, end }) => `${numberIn(committed, locale)} / ${numberIn(end, locale)}`,
        },
        {
          title: say(TEXTS.member),
          can_wait: true,
          cell: ({ member }) => (member === null ? say(TEXTS.nobody) : <code className="stream-member">{member}</code>),
        },
      ]}
    />
  )
}
