/** The runs of all jobs. */
import { useSay } from '../../languages.ts'
import { PageHead } from '../../parts/panel.tsx'
import { RunFilters, RunsTable } from '../../parts/runs/index.tsx'
import { TEXTS } from '../../parts/runs/texts.ts'

export default function Runs() {
  const say = useSay()
  return (
    <>
      <PageHead title={say(TEXTS.runs)} />
      <RunFilters />
      <div className="panel flush">
        <RunsTable job={null} />
      </div>
    </>
  )
}
