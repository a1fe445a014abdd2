import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask } from '../../api/client.ts'
import { sessionsQuery, type User } from '../../data/users.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { deviceOf } from '../../parts/device-of.ts'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { TEXTS } from './texts.ts'

export function Sessions({ user: { id, username } }: { user: User }) {
  const say = useSay()
  const queries = useQueryClient()
  const { every } = useLive()
  const sessions = useQuery({ ...sessionsQuery(id), refetchInterval: every(15_000) })
  const count = sessions.data?.items.length ?? 0
  const changed = () => queries.invalidateQueries({ queryKey: ['users', id] })
  const name = (user_agent: string | null) => deviceOf(user_agent) ?? say(TEXTS.unknown)
  return (
    <Panel
      title={say(TEXTS.sessions)}
      aside={
        count > 1 && (
          <Confirm
            action={say(TEXTS.end_all, { count })}
            look="grave"
            title={say(TEXTS.end_all_title, { count, name: username })}
            run={async () => {
              await ask((api) => api.DELETE('/users/{id}/sessions', { params: { path: { id } } }))
              await changed()
              tell(say(TEXTS.ended, { count }))
            }}
          >
            <p>{say(TEXTS.end_why)}</p>
          </Confirm>
        )
      }
      flush
    >
      <Loaded query={sessions} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="panel-note muted">{say(TEXTS.no_sessions)}</p>
          ) : (
            <Table
              label={say(TEXTS.sessions)}
              rows={items}
              id={(one) => one.id}
              columns={[
                {
                  title: say(TEXTS.device),
                  look: 'wide',
                  cell: ({ user_agent }) => <span title={user_agent ?? undefined}>{name(user_agent)}</span>,
                },
                { title: say(TEXTS.address), can_wait: true, cell: ({ address }) => address },
                { title: say(TEXTS.began), can_wait: true, cell: ({ created_at }) => <Time at={created_at} /> },
                { title: say(TEXTS.used), cell: ({ last_used_at }) => <Time at={last_used_at} /> },
                {
                  title: say(COMMON.actions),
                  hides_title: true,
                  look: 'number',
                  cell: ({ id: sid, user_agent }) => (
                    <Confirm
                      action={say(TEXTS.end)}
                      look="quiet"
                      title={say(TEXTS.end_title, { device: name(user_agent) })}
                      run={async () => {
                        await ask((api) => api.DELETE('/users/{id}/sessions/{sid}', { params: { path: { id, sid } } }))
                        await changed()
                        tell(say(TEXTS.ended, { count: 1 }))
                      }}
                    >
                      <p>{say(TEXTS.end_why)}</p>
                    </Confirm>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  )
}
