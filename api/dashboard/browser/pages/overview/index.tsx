/** The first page: what needs a person, worst first; how well the system did; what runs next, what failed. */
import { useSay } from '../../languages.ts'
import { Icon } from '../../parts/icon.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Activity } from './activity.tsx'
import { Failures } from './failures.tsx'
import { Health } from './health.tsx'
import { Kpis } from './kpis.tsx'
import { Monitors } from './monitors.tsx'
import { NeedsPerson } from './needs-person.tsx'
import { TEXTS } from './texts.ts'
import { Upcoming } from './upcoming.tsx'

export default function Overview() {
  const say = useSay()
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <a className="button quiet to-wall" href="/wall" title={say(TEXTS.wall)} aria-label={say(TEXTS.wall)}>
          <Icon name="screen" />
        </a>
      </PageHead>
      <div className="overview">
        <div className="stack">
          <NeedsPerson />
          <Kpis />
          <Activity />
        </div>
        <div className="overview-side">
          <div className="stack">
            <Upcoming />
            <Failures />
          </div>
          <div className="stack">
            <Health />
            <Monitors />
          </div>
        </div>
      </div>
    </>
  )
}
