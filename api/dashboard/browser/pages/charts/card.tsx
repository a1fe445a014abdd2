import { useParameter } from '../../address.ts'
import { fileOf, isBeingDrawn, type Chart } from '../../data/charts.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

export function Card({ chart }: { chart: Chart }) {
  const say = useSay()
  const [, open] = useParameter('chart')
  const file = fileOf(chart)
  return (
    <li className="panel flush chart">
      <button type="button" className="chart-open" onClick={() => open(chart.id)}>
        <span className="hidden-text">{say(TEXTS.open, { file })}</span>
        <Picture chart={chart} />
      </button>
      <div className="chart-foot">
        <span className="name">{file}</span>
        <span className="muted small">
          <Time at={chart.finished_at ?? chart.found_at} />
        </span>
      </div>
    </li>
  )
}

function Picture({ chart }: { chart: Chart }) {
  const say = useSay()
  if (isBeingDrawn(chart))
    return (
      <span className="chart-waiting">
        <Badge tone="info" icon="waiting">
          {say(chart.state === 'waiting' ? TEXTS.waiting : TEXTS.drawing)}
        </Badge>
      </span>
    )
  // The SVG is the thumbnail, too: 9 to 14 KB, 3 of them compressed, where a small PNG would take 10.
  if (chart.state === 'drawn') return <img src={`/charts/${chart.id}.svg`} alt={''} loading="lazy" decoding="async" />
  return (
    <span className="chart-error">
      <Badge tone="bad" icon="warning">
        {say(TEXTS.failed)}
      </Badge>
      <span>{chart.error !== null && <Said text={chart.error} />}</span>
    </span>
  )
}
