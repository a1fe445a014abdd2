/** One job: what it is, how its times went, its runs, and what a person can do with it. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import type { Schemas } from '../../api/client.ts'
import { jobQuery } from '../../data/jobs.ts'
import { useLocale, useSay, type Locale } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { Schedule } from '../../parts/schedule/index.tsx'
import { localTime } from '../../parts/local-time.ts'
import { OpenAlerts } from '../../parts/open-alerts/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { dayAndTime, exactTime, Time } from '../../parts/time.tsx'
import { Actions } from './actions.tsx'
import { SlotCalendar } from './calendar.tsx'
import { Flow } from './flow.tsx'
import { Runs } from './runs.tsx'
import { TEXTS } from './texts.ts'

/** What is wrong with a file is in no topic. */
const FILES_MS = 10_000

export default function JobPage() {
  const { name = '' } = useParams<{ name: string }>()
  const { every } = useLive()
  const job = useQuery({ ...jobQuery(name), refetchInterval: every(FILES_MS) })
  return <Loaded query={job}>{(known) => <Job job={known} />}</Loaded>
}

function Job({ job }: { job: Schemas['JobDetails'] }) {
  const say = useSay()
  const locale = useLocale()
  const { name, timezone, overlap, calendar, pool, pool_limit, paused_at, pause_reason, queued, running, holidays } =
    job
  return (
    <>
      <PageHead
        title={name}
        badge={
          paused_at !== null && (
            <Badge tone="calm" icon="pause">
              {say(TEXTS.paused)}
            </Badge>
          )
        }
      >
        <Actions job={job} />
      </PageHead>
      <div className="stack">
        <Troubles job={job} />
        <OpenAlerts subject={name} />
        {pause_reason !== null && (
          <p className="trouble warn">
            <Icon name="pause" />
            {say(TEXTS.paused_why, { reason: pause_reason })}
          </p>
        )}
        <div className="job-top">
          <Panel title={say(TEXTS.about)}>
            <Facts
              of={[
                [say(TEXTS.schedule), <Schedule of={job} />],
                [say(TEXTS.timezone), timezone],
                [say(TEXTS.overlap), say(TEXTS[overlap])],
                [
                  say(TEXTS.waiting),
                  <span className="row">
                    <Link href={`/jobs/${name}?state=running`}>{say(TEXTS.running_count, { count: running })}</Link>
                    <Link href={`/jobs/${name}?state=queued`}>{say(TEXTS.queued_count, { count: queued })}</Link>
                  </span>,
                ],
                ...(calendar ? [[say(TEXTS.calendar), calendar] as const] : []),
                ...(pool
                  ? [
                      [
                        say(TEXTS.pool),
                        <Link href={`/jobs?pool=${pool}`}>
                          {say(TEXTS.pool_use, { pool, limit: pool_limit ?? 1 })}
                        </Link>,
                      ] as const,
                    ]
                  : []),
                ...(holidays.length > 0
                  ? [
                      [
                        say(TEXTS.holidays),
                        <ul>
                          {holidays.slice(0, HOLIDAYS_SHOWN).map((one) => (
                            <li key={one.day}>{`${dayIn(one.day, locale)} ${one.name}`}</li>
                          ))}
                        </ul>,
                      ] as const,
                    ]
                  : []),
                ...(paused_at ? [[say(TEXTS.paused_since), <Time at={paused_at} />] as const] : []),
              ]}
            />
          </Panel>
          <NextTimes job={job} />
        </div>
        <Flow job={job} />
        <SlotCalendar job={job} />
        <Runs job={name} />
      </div>
    </>
  )
}

/** Why its file is not what runs. */
function Troubles({ job: { problem, gone_at } }: { job: Schemas['JobDetails'] }) {
  const say = useSay()
  if (gone_at !== null)
    return (
      <p className="trouble warn">
        <Icon name="unknown" />
        <span>
          {say(TEXTS.gone)}, <Time at={gone_at} />
        </span>
      </p>
    )
  if (!problem) return null
  const place = problem.at ? `${problem.at.file}:${problem.at.line}:${problem.at.column}` : problem.file
  return (
    <div className="trouble bad">
      <Icon name="warning" />
      <div>
        <p>{say(TEXTS.problem)}</p>
        <p>
          <code>{place}</code> {problem.sentence}
        </p>
      </div>
    </div>
  )
}

const HOLIDAYS_SHOWN = 3

const dayIn = (day: string, locale: Locale) =>
  new Intl.DateTimeFormat(locale, { day: '2-digit', month: 'short', timeZone: 'UTC' }).format(Date.parse(day))

const NEXT_SHOWN = 5

function NextTimes({ job: { next, timezone } }: { job: Schemas['JobDetails'] }) {
  const say = useSay()
  const locale = useLocale()
  return (
    <Panel title={say(TEXTS.next)}>
      {next.length === 0 && <p className="muted">{say(TEXTS.nothing_next)}</p>}
      {next.some(isOnAnotherClock) && (
        <p className="small muted">{say(TEXTS.your_clock, { yours: ownZone(), zone: timezone })}</p>
      )}
      <ol className="next-times">
        {next.slice(0, NEXT_SHOWN).map(({ slot, note }) => (
          <li key={slot}>
            <span title={exactTime(slot, locale)}>{dayAndTime(slot, locale)}</span>
            <span className="muted">
              <Time at={slot} />
            </span>
            {note && <span className="small muted">{note}</span>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}

/** Whether the clock of the job's zone shows another time then than the viewer's. */
const isOnAnotherClock = ({ slot, local }: Schemas['JobDetails']['next'][number]) =>
  local.slice(0, 16) !== localTime(Date.parse(slot))

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
