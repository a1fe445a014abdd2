import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { jobsQuery } from '../../data/jobs.ts'
import type { Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { JobGraph } from '../../parts/job-graph/index.tsx'
import { Panel } from '../../parts/panel.tsx'
import { TEXTS } from './texts.ts'

/** Nothing for a job that stands alone. */
export function Flow({ job: { name, after } }: { job: Schemas['JobDetails'] }) {
  const say = useSay()
  const { whenTold } = useLive()
  const jobs = useQuery({ ...jobsQuery, refetchInterval: whenTold() }).data?.items ?? []
  if (after === null && !jobs.some((other) => other.after?.includes(name))) return null
  return (
    <Panel title={say(TEXTS.flow)} aside={<Link href="/jobs?view=graph">{say(TEXTS.whole_graph)}</Link>}>
      <JobGraph jobs={jobs} only={name} />
    </Panel>
  )
}
