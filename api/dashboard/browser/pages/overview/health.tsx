import { useQuery } from '@tanstack/react-query'
import { numberIn } from '../../../../../lib/texts.ts'
import { healthQuery } from '../../data/health.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { CheckBadge, CheckName } from '../../parts/health/index.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { TEXTS } from './texts.ts'

export function Health() {
  const say = useSay()
  const locale = useLocale()
  const { every } = useLive()
  const health = useQuery({ ...healthQuery, refetchInterval: every(10_000) })
  return (
    <Panel title={say(TEXTS.health)}>
      <Loaded query={health}>
        {(checks) => (
          <ul className="health">
            {checks.map(({ name, status, latency_ms }) => (
              <li key={name}>
                <span>
                  <CheckName name={name} />
                </span>
                <span className="muted small number">
                  {latency_ms !== null && `${numberIn(latency_ms, locale, 1)}\u00a0ms`}
                </span>
                <CheckBadge status={status} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  )
}
