import { useSay } from '../../languages.ts'
import { Panel } from '../../parts/panel.tsx'
import { RunFilters, RunsTable } from '../../parts/runs/index.tsx'
import { TEXTS } from './texts.ts'

export function Runs({ job }: { job: string }) {
  const say = useSay()
  return (
    <Panel title={say(TEXTS.runs)} flush>
      <RunFilters />
      <RunsTable job={job} />
    </Panel>
  )
}
