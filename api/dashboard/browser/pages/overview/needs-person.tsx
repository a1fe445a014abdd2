import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Schemas } from '../../api/client.ts'
import { alertsQuery, needsPerson, worstFirst } from '../../data/alerts.ts'
import { jobsQuery } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { AlertBadge, RunBadge } from '../../parts/state-badges/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

export function NeedsPerson() {
  const say = useSay()
  const { whenTold } = useLive()
  const alerts = useQuery({ ...alertsQuery({ state: 'firing' }), refetchInterval: whenTold() })
  const jobs = useQuery({ ...jobsQuery, refetchInterval: whenTold() })
  return (
    <Panel title={say(TEXTS.needs)} aside={<Link href="/alerts">{say(TEXTS.all_alerts)}</Link>} flush>
      <Loaded query={alerts}>
        {({ items }) => {
          const open = worstFirst(items.filter(needsPerson))
          const told = new Set(open.map(({ subject }) => subject))
          const ailing = jobs.data?.items.filter((job) => needsLook(job) && !told.has(job.name)) ?? []
          if (open.length + ailing.length === 0)
            return (
              <p className="all-well">
                <Icon name="check" />
                <strong>{say(TEXTS.nothing)}</strong>
                <span className="muted">{say(TEXTS.nothing_why)}</span>
              </p>
            )
          return (
            <ul className="needs">
              {open.map(({ id, severity, state, name, subject, detail, opened_at }) => (
                <Need key={id} href={`/alerts/${id}`} title={subject} word={name} detail={detail} at={opened_at}>
                  <AlertBadge severity={severity} state={state} />
                </Need>
              ))}
              {ailing.map((job) => (
                <AilingJob key={job.name} job={job} />
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Panel>
  )
}

type Job = Schemas['Job']

const needsLook = ({ problem, gone_at, last_run }: Job) =>
  problem !== null || gone_at !== null || last_run?.state === 'failed'

function AilingJob({ job: { name, problem, gone_at, last_run } }: { job: Job }) {
  const say = useSay()
  const href = `/jobs/${name}`
  if (problem)
    return (
      <Need href={href} title={name} detail={problem.sentence} at={null}>
        <Badge tone="bad" icon="warning">
          {say(TEXTS.job_problem)}
        </Badge>
      </Need>
    )
  if (gone_at !== null)
    return (
      <Need href={href} title={name} detail={say(TEXTS.job_gone)} at={gone_at}>
        <Badge tone="warn" icon="unknown">
          {say(TEXTS.job_gone)}
        </Badge>
      </Need>
    )
  return (
    <Need href={`/runs/${last_run!.id}`} title={name} detail={say(TEXTS.job_failed)} at={last_run!.at}>
      <RunBadge state="failed" />
    </Need>
  )
}

interface NeedProps {
  href: string
  title: string
  word?: string
  detail: string
  at: string | null
  children: ReactNode
}

function Need({ href, title, word, detail, at, children }: NeedProps) {
  return (
    <li className="need">
      {children}
      <div className="need-text">
        <Link href={href}>{title}</Link>
        {word && <code className="muted small">{word}</code>}
        <p>{detail}</p>
      </div>
      {at && (
        <span className="muted small">
          <Time at={at} />
        </span>
      )}
    </li>
  )
}
