/** The reports that jobs have made, newest first, with their files; one more is a button away. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { reportsQuery, type Report } from '../../data/reports.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { beginOf, DateFilter } from '../../parts/date-field/index.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { dayAndTime, exactTime } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { Figures } from './figures.tsx'
import { Make } from './make.tsx'
import { TEXTS } from './texts.ts'
import { Files, nameOf, View } from './view.tsx'

export default function Reports() {
  const say = useSay()
  const { whenTold } = useLive()
  const mayMake = useMay('operator')
  const [day] = useParameter('day')
  const reports = useInfiniteQuery({ ...reportsQuery(timesOf(day)), refetchInterval: whenTold() })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      {mayMake && <Make />}
      <div className="filters">
        <DateFilter label={say(TEXTS.day)} parameter="day" to="day" />
      </div>
      <div className="panel flush" aria-busy={reports.isPlaceholderData}>
        <Loaded query={reports} lines={8}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items)
            if (rows.length > 0) return <List rows={rows} more={moreOf(reports)} />
            if (day)
              return (
                <Empty icon="unknown" title={say(TEXTS.none_that_day)}>
                  <Link href="/reports">{say(COMMON.clear_filter)}</Link>
                </Empty>
              )
            return (
              <Empty icon="list" title={say(TEXTS.none)}>
                {say(mayMake ? TEXTS.none_how : TEXTS.none_viewer)}
              </Empty>
            )
          }}
        </Loaded>
      </div>
      <View />
    </>
  )
}

function List({ rows, more }: { rows: Report[]; more: (() => void) | undefined }) {
  const say = useSay()
  const locale = useLocale()
  const [, open] = useParameter('report')
  return (
    <Table
      label={say(TEXTS.title)}
      rows={rows}
      id={({ id }) => id}
      more={more}
      columns={[
        {
          title: say(TEXTS.name),
          cell: ({ id, name, created_at }) => (
            <button
              type="button"
              className="report-open"
              title={exactTime(created_at, locale)}
              onClick={() => open(id)}
            >
              <span className="name">{nameOf(name, say)}</span>{' '}
              <time dateTime={created_at}>{dayAndTime(created_at, locale)}</time>
            </button>
          ),
        },
        {
          title: say(TEXTS.figures),
          look: 'wide',
          can_wait: true,
          cell: ({ summary }) => <Figures of={summary} />,
        },
        {
          title: say(TEXTS.run),
          can_wait: true,
          cell: ({ run_id }) => run_id !== null && <Link href={`/runs/${run_id}`}>{say(TEXTS.run_link)}</Link>,
        },
        { title: say(TEXTS.files), cell: (report) => <Files report={report} /> },
      ]}
    />
  )
}

function timesOf(day: string): { from: string; to: string } | undefined {
  const [from, to] = [beginOf(day), beginOf(day, 1)]
  return from && to ? { from, to } : undefined
}
