/** Every variable in force and its source; the filter is in the address. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { ask, type Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import type { IconName } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { SOURCES, TEXTS } from './texts.ts'

type Setting = Schemas['Setting']

export function Settings() {
  const say = useSay()
  const [text] = useParameter('q')
  const [shown] = useParameter('settings')
  const settings = useQuery({
    queryKey: ['system', 'settings'],
    queryFn: () => ask((api) => api.GET('/system/settings')),
  })
  return (
    <Panel title={say(TEXTS.settings)} flush>
      <div className="panel-note">
        <p className="muted system-why">{say(TEXTS.settings_why)}</p>
        <div className="filters system-filters">
          <FilterText />
          <FilterChoices
            label={say(TEXTS.source)}
            parameter="settings"
            options={[
              ['', say(TEXTS.changed)],
              ['all', say(TEXTS.all)],
            ]}
          />
        </div>
      </div>
      <Loaded query={settings} lines={10}>
        {({ items }) => {
          const found = items.filter((one) => fits(one, text) && (shown === 'all' || one.source !== 'default'))
          if (found.length === 0)
            return (
              <Empty icon="unknown" title={say(text ? COMMON.nothing_found : TEXTS.all_default)}>
                <Link href="/system?settings=all">{say(TEXTS.all_settings, { count: items.length })}</Link>
              </Empty>
            )
          return <SettingTable rows={found} />
        }}
      </Loaded>
    </Panel>
  )
}

const fits = ({ name, value, description, programs }: Setting, text: string): boolean =>
  [name, value ?? '', description ?? '', ...programs].join(' ').toLowerCase().includes(text.toLowerCase())

function SettingTable({ rows }: { rows: Setting[] }) {
  const say = useSay()
  return (
    <Table
      label={say(TEXTS.settings)}
      rows={rows}
      id={({ name, programs }) => `${name} ${programs.join(' ')}`}
      columns={[
        {
          title: say(TEXTS.name),
          look: 'wide',
          cell: ({ name, description, source }) => (
            <>
              <code>{name}</code>
              <br />
              <span className="muted small system-what">
                {description ?? (source === 'rules_file' ? say(TEXTS.rules_why) : '')}
              </span>
            </>
          ),
        },
        {
          title: say(TEXTS.value),
          cell: (setting) => (
            <>
              <Value of={setting} />
              <div className="on-phone">
                <Source of={setting.source} />
              </div>
            </>
          ),
        },
        { title: say(TEXTS.source), can_wait: true, cell: ({ source }) => <Source of={source} /> },
        {
          title: say(TEXTS.programs),
          can_wait: true,
          cell: ({ programs }) => <span className="small">{programs.join(', ')}</span>,
        },
      ]}
    />
  )
}

function Value({ of: { value, is_secret, source } }: { of: Setting }) {
  const say = useSay()
  if (is_secret && source !== 'default')
    return (
      <Badge tone="calm" icon="key">
        {say(TEXTS.secret_set)}
      </Badge>
    )
  if (value === null) return <span className="muted">{say(TEXTS.unset)}</span>
  return <code className="small system-where">{value}</code>
}

const LOOK: Record<Setting['source'], readonly [tone: Tone, icon: IconName]> = {
  default: ['calm', 'minus'],
  dotenv: ['info', 'list'],
  environment: ['info', 'gauge'],
  rules_file: ['info', 'bell'],
}

function Source({ of }: { of: Setting['source'] }) {
  const say = useSay()
  const [tone, icon] = LOOK[of]
  return (
    <Badge tone={tone} icon={icon}>
      {say(SOURCES[of])}
    </Badge>
  )
}
