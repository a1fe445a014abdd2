import { useQuery } from '@tanstack/react-query'
import { ask, type Schemas } from '../../api/client.ts'
import { numberIn } from '../../../../../lib/texts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { CHECKS, TEXTS } from './texts.ts'

interface Check {
  status: 'ok' | 'down'
  latency_ms: number
}

/** A 503 says which part is down. */
const readHealth = () =>
  ask(async (api) => {
    const { data, error, response } = await api.GET('/health')
    if (response.status !== 503) return { ...(data && { data }), error, response }
    return { data: error as unknown as Schemas['Health'], response: new Response() }
  })

export function Health() {
  const say = useSay()
  const { every } = useLive()
  const health = useQuery({
    queryKey: ['health'],
    queryFn: readHealth,
    refetchInterval: every(10_000),
  })
  return (
    <Panel title={say(TEXTS.health)}>
      <Loaded query={health}>
        {({ programs, ...rest }) => {
          const checks = Object.entries(rest).filter((entry): entry is [string, Check] => isCheck(entry[1]))
          return (
            <ul className="health">
              {programs.map(({ program, status }) => (
                <Line key={program} name={program} word={status} />
              ))}
              {checks
                .filter(([name]) => name !== 'api')
                .map(([name, { status, latency_ms }]) => (
                  <Line key={name} name={name} word={status} latency_ms={latency_ms} />
                ))}
            </ul>
          )
        }}
      </Loaded>
    </Panel>
  )
}

const isCheck = (value: unknown): value is Check => typeof value === 'object' && value !== null && 'latency_ms' in value

function Line({ name, word, latency_ms }: { name: string; word: 'ok' | 'down' | 'silent'; latency_ms?: number }) {
  const say = useSay()
  const locale = useLocale()
  const label = CHECKS[name]
  return (
    <li>
      <span>{label ? say(label) : name}</span>
      <span className="muted small number">
        {latency_ms !== undefined && `${numberIn(latency_ms, locale, 1)}\u00a0ms`}
      </span>
      <Badge tone={word === 'ok' ? 'good' : 'bad'} icon={word === 'ok' ? 'check' : 'cross'}>
        {say(TEXTS[word])}
      </Badge>
    </li>
  )
}
