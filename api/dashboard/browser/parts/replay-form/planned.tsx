/** What a dry run has found: how many letters, three of them, and what sending them again does. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { Plan } from '../../data/replays.ts'
import { useSay } from '../../languages.ts'
import { Icon } from '../icon.tsx'
import { Loaded } from '../states.tsx'
import { TEXTS } from './texts.ts'

/** Codes of effects that speak against it. */
const BAD: ReadonlySet<string> = new Set(['dies_again', 'unreadable'])

export function Planned({ query }: { query: UseQueryResult<Plan> }) {
  // One that was found when the dialog was open before is no longer true.
  const asked = { ...query, data: query.isFetching ? undefined : query.data }
  return (
    <div className="replay-plan" role="status">
      <Loaded query={asked} lines={3}>
        {(plan) => <Found plan={plan} />}
      </Loaded>
    </div>
  )
}

function Found({ plan: { count, taken, samples, effects } }: { plan: Plan }) {
  const say = useSay()
  return (
    <>
      <p>
        <strong>{say(TEXTS.would, { count })}</strong> {taken > 0 && say(TEXTS.taken, { count: taken })}
      </p>
      {effects.length > 0 && (
        <ul className="replay-effects" aria-label={say(TEXTS.effects)}>
          {effects.map(({ effect, detail }) => (
            <li key={effect} className={BAD.has(effect) ? 'trouble warn' : 'small'}>
              {BAD.has(effect) && <Icon name="warning" size={16} />}
              <span>{detail}</span>
            </li>
          ))}
        </ul>
      )}
      {samples.length > 0 && (
        <>
          <p className="small muted">{say(TEXTS.samples)}</p>
          <ul className="replay-samples">
            {samples.map(({ id, message_id, detail }) => (
              <li key={id}>
                <a href={`/dead-letters/${id}`} target="_blank" rel="noreferrer">
                  <code>{message_id}</code>
                </a>
                <span className="clamp small muted">{detail}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
