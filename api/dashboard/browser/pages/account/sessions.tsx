import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, type Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { deviceOf } from '../../parts/device-of.ts'
import { signOut } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

type Session = Schemas['Session']

export function Sessions() {
  const say = useSay()
  const sessions = useQuery({
    queryKey: ['me', 'sessions'],
    queryFn: () => ask((api) => api.GET('/me/sessions', { params: { query: { limit: 100 } } })),
  })
  const count = sessions.data?.items.length ?? 0
  return (
    <Panel title={say(TEXTS.sessions)} aside={count > 1 ? <EndAll count={count} /> : say(TEXTS.sessions_why)} flush>
      <Loaded query={sessions}>
        {({ items }) => (
          <Table
            label={say(TEXTS.sessions)}
            rows={items}
            id={({ id }) => id}
            columns={[
              {
                title: say(TEXTS.device),
                look: 'wide',
                cell: ({ user_agent, current }) => (
                  <span className="row">
                    <span title={user_agent ?? undefined}>{deviceOf(user_agent) ?? say(TEXTS.unknown)}</span>
                    {current && (
                      <Badge tone="info" icon="check">
                        {say(TEXTS.this_one)}
                      </Badge>
                    )}
                  </span>
                ),
              },
              { title: say(TEXTS.address), can_wait: true, cell: ({ address }) => address },
              { title: say(TEXTS.began), can_wait: true, cell: ({ created_at }) => <Time at={created_at} /> },
              { title: say(TEXTS.used), cell: ({ last_used_at }) => <Time at={last_used_at} /> },
              {
                title: say(COMMON.actions),
                hides_title: true,
                look: 'number',
                cell: (session) => !session.current && <End session={session} />,
              },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}

function End({ session: { id, user_agent } }: { session: Session }) {
  const say = useSay()
  const queries = useQueryClient()
  return (
    <Confirm
      action={say(TEXTS.end)}
      look="quiet"
      title={say(TEXTS.end_title)}
      run={async () => {
        await ask((api) => api.DELETE('/me/sessions/{id}', { params: { path: { id } } }))
        await queries.invalidateQueries({ queryKey: ['me', 'sessions'] })
        tell(say(TEXTS.ended))
      }}
    >
      <p>{say(TEXTS.end_why, { device: deviceOf(user_agent) ?? say(TEXTS.unknown) })}</p>
    </Confirm>
  )
}

function EndAll({ count }: { count: number }) {
  const say = useSay()
  return (
    <Confirm
      action={say(TEXTS.end_all)}
      look="grave"
      title={say(TEXTS.end_all_title, { count })}
      run={() => signOut(true)}
    >
      <p>{say(TEXTS.end_all_why)}</p>
    </Confirm>
  )
}
