/** The machine room: what Doca stands on, how that is, and with which settings. It changes nothing. */
import { useQuery } from '@tanstack/react-query'
import { ask, type Schemas } from '../../api/client.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Bytes } from '../../parts/bytes.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { Backups } from './backups.tsx'
import { Needs } from './needs.tsx'
import { Settings } from './settings.tsx'
import { PLACEMENTS, ROLES, TEXTS } from './texts.ts'

type System = Schemas['System']

export default function SystemPage() {
  const say = useSay()
  const { every } = useLive()
  const isAdmin = useMay('admin')
  const system = useQuery({
    queryKey: ['system'],
    queryFn: () => ask((api) => api.GET('/system')),
    refetchInterval: every(10_000),
  })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="stack">
        <Loaded query={system} lines={12}>
          {(known) => (
            <>
              <Needs system={known} />
              <Roles of={known.roles} />
              <Programs of={known.programs} />
              <div className="columns">
                <Disk of={known} />
                <Backups of={known.backups} />
              </div>
            </>
          )}
        </Loaded>
        {isAdmin && <Settings />}
      </div>
    </>
  )
}

function Roles({ of }: { of: System['roles'] }) {
  const say = useSay()
  return (
    <div id="engines">
      <Panel title={say(TEXTS.roles)} flush>
        <Table
          label={say(TEXTS.roles)}
          rows={of}
          id={({ role }) => role}
          columns={[
            { title: say(TEXTS.role), cell: ({ role }) => <strong>{say(ROLES[role])}</strong> },
            {
              title: say(TEXTS.engine),
              cell: ({ engine, version, placement }) =>
                placement === 'files' ? (
                  say(PLACEMENTS.files)
                ) : (
                  <>
                    {engine} {version}{' '}
                    <span className="muted small system-placement">{say(PLACEMENTS[placement])}</span>
                  </>
                ),
            },
            {
              title: say(TEXTS.where),
              look: 'wide',
              can_wait: true,
              cell: ({ where }) => where && <code className="small system-where">{where}</code>,
            },
            {
              title: say(TEXTS.state),
              cell: ({ status }) =>
                status === 'ok' ? (
                  <Badge tone="good" icon="check">
                    {say(TEXTS.answers)}
                  </Badge>
                ) : (
                  <Badge tone="worst" icon="critical">
                    {say(TEXTS.away)}
                  </Badge>
                ),
            },
            {
              title: say(TEXTS.latency),
              look: 'number',
              can_wait: true,
              cell: ({ latency_ms, status }) => (status === 'ok' ? <Milliseconds of={latency_ms} /> : '–'),
            },
          ]}
        />
      </Panel>
    </div>
  )
}

function Programs({ of }: { of: System['programs'] }) {
  const say = useSay()
  return (
    <div id="programs">
      <Panel title={say(TEXTS.programs)} flush>
        <Table
          label={say(TEXTS.programs)}
          rows={of}
          id={({ host, pid }) => `${host} ${pid}`}
          columns={[
            {
              title: say(TEXTS.program),
              look: 'wide',
              cell: ({ program, host, pid }) => (
                <>
                  <strong>{program}</strong>{' '}
                  <span className="muted small">
                    {host}:{pid}
                  </span>
                </>
              ),
            },
            {
              title: say(TEXTS.state),
              cell: ({ status }) =>
                status === 'ok' ? (
                  <Badge tone="good" icon="check">
                    {say(TEXTS.at_work)}
                  </Badge>
                ) : (
                  <Badge tone="worst" icon="critical">
                    {say(TEXTS.silent)}
                  </Badge>
                ),
            },
            { title: say(TEXTS.heartbeat), can_wait: true, cell: ({ seen_at }) => <Time at={seen_at} /> },
            {
              title: say(TEXTS.memory),
              look: 'number',
              cell: ({ memory_bytes }) => (memory_bytes === null ? '–' : <Bytes of={memory_bytes} />),
            },
            {
              title: say(TEXTS.loop),
              look: 'number',
              can_wait: true,
              cell: ({ loop_delay_ms }) =>
                loop_delay_ms === null ? (
                  '–'
                ) : (
                  <span title={say(TEXTS.loop_why)}>
                    <Milliseconds of={loop_delay_ms} />
                  </span>
                ),
            },
            { title: say(TEXTS.since), can_wait: true, cell: ({ started_at }) => <Time at={started_at} /> },
          ]}
        />
      </Panel>
    </div>
  )
}

function Disk({ of: { disk, migrations, version, bun, platform } }: { of: System }) {
  const say = useSay()
  const used = 1 - disk.free_bytes / disk.size_bytes
  return (
    <div id="disk">
      <Panel title={say(TEXTS.disk)} aside={<code className="small">{disk.folder}</code>}>
        <div className="stack">
          <meter className="system-meter" min={0} max={1} value={used} aria-label={say(TEXTS.used)} />
          <Facts
            of={[
              [
                say(TEXTS.free),
                <>
                  <Bytes of={disk.free_bytes} /> {say(TEXTS.free_of)} <Bytes of={disk.size_bytes} />
                </>,
              ],
              [say(TEXTS.data), disk.data_bytes === null ? say(TEXTS.measuring) : <Bytes of={disk.data_bytes} />],
              [say(TEXTS.full), disk.full_at === null ? say(TEXTS.full_never) : <Time at={disk.full_at} />],
              [say(TEXTS.schema), say(TEXTS.migrations, { count: migrations.count, newest: migrations.newest ?? '–' })],
            ]}
          />
          <p className="muted small">{say(TEXTS.version, { version, bun, platform })}</p>
        </div>
      </Panel>
    </div>
  )
}

function Milliseconds({ of }: { of: number }) {
  const locale = useLocale()
  return <>{new Intl.NumberFormat(locale, { maximumFractionDigits: of < 10 ? 1 : 0 }).format(of)} ms</>
}
