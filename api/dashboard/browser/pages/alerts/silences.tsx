import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, type Schemas } from '../../api/client.ts'
import { silencesQuery } from '../../data/alerts.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

export function Silences() {
  const say = useSay()
  const { whenTold } = useLive()
  const mayEnd = useMay('admin')
  const silences = useQuery({ ...silencesQuery, refetchInterval: whenTold() })
  return (
    <Panel title={say(TEXTS.silences)} aside={say(TEXTS.silences_why)} flush>
      <Loaded query={silences} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="panel-note muted">{say(TEXTS.no_silences)}</p>
          ) : (
            <Table
              label={say(TEXTS.silences)}
              rows={items}
              id={({ id }) => id}
              columns={[
                { title: say(TEXTS.what), cell: (silence) => <What silence={silence} /> },
                { title: say(TEXTS.reason), look: 'wide', cell: ({ reason }) => reason },
                { title: say(TEXTS.by), can_wait: true, cell: ({ created_by }) => created_by },
                { title: say(TEXTS.ends), cell: ({ ends_at }) => <Time at={ends_at} /> },
                ...(mayEnd
                  ? [
                      {
                        title: say(COMMON.actions),
                        hides_title: true,
                        look: 'number',
                        cell: (one: Silence) => <End silence={one} />,
                      } as const,
                    ]
                  : []),
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  )
}

type Silence = Schemas['Silence']

function What({ silence: { rule, subject } }: { silence: Silence }) {
  const say = useSay()
  if (rule === null && subject === null) return say(TEXTS.everything)
  return (
    <>
      {subject !== null && <strong>{subject} </strong>}
      {rule !== null && <code className="small">{rule}</code>}
    </>
  )
}

function End({ silence: { id, rule, subject } }: { silence: Silence }) {
  const say = useSay()
  const queries = useQueryClient()
  const what = [subject, rule].filter(Boolean).join(' · ') || say(TEXTS.everything)
  return (
    <Confirm
      action={say(TEXTS.end_now)}
      look="quiet"
      title={say(TEXTS.end_title, { what })}
      run={async () => {
        await ask((api) => api.DELETE('/silences/{id}', { params: { path: { id } } }))
        await queries.invalidateQueries({ queryKey: ['silences'] })
        tell(say(TEXTS.ended))
      }}
    >
      <p>{say(TEXTS.end_why)}</p>
    </Confirm>
  )
}
