/** The first page: what needs a person, worst first; how well the system did; what runs next. */
import { useSay } from '../../languages.ts'
import { PageHead } from '../../parts/panel.tsx'
import { Health } from './health.tsx'
import { Kpis } from './kpis.tsx'
import { NeedsPerson } from './needs-person.tsx'
import { TEXTS } from './texts.ts'
import { Upcoming } from './upcoming.tsx'

export default function Overview() {
  const say = useSay()
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="stack">
        <NeedsPerson />
        <Kpis />
        <div className="overview">
          <Upcoming />
          <Health />
        </div>
      </div>
    </>
  )
}
