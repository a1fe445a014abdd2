/** What needs a person, worst first; each leads to where more of it is. */
import type { Schemas } from '../../api/client.ts'
import { now_ms } from '../../clock.ts'
import { useSay, type Counted, type Translated, type Values } from '../../languages.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { NEEDS, ROLES, TEXTS } from './texts.ts'

type System = Schemas['System']
interface Need {
  text: Translated | Counted
  values: Values
  tone: Tone
  href: string
}

/** As LOW_DISK_SPACE and BACKUP_STALE have them, where nobody has set others. */
const MIN_FREE = 0.1
const MAX_AGE_H = 26
const FULL_SOON_DAYS = 30

export const newestGood = ({ items }: System['backups']) =>
  items.find(({ ok, drill_ok }) => ok === true && drill_ok !== false)

function needsOf(system: System, say: ReturnType<typeof useSay>): Need[] {
  const { roles, programs, disk, backups, migrations } = system
  const needs: Need[] = []
  for (const { role, status } of roles)
    if (status === 'down')
      needs.push({ text: NEEDS.role_away, values: { role: say(ROLES[role]) }, tone: 'worst', href: '#engines' })
  for (const { program, host, status } of programs)
    if (status === 'silent')
      needs.push({ text: NEEDS.program_silent, values: { program, host }, tone: 'worst', href: '#programs' })
  const days = disk.full_at === null ? Infinity : (Date.parse(disk.full_at) - now_ms()) / 86_400_000
  if (disk.free_bytes / disk.size_bytes < MIN_FREE)
    needs.push({ text: NEEDS.disk_low, values: { percent: MIN_FREE * 100 }, tone: 'bad', href: '#disk' })
  else if (days < FULL_SOON_DAYS)
    needs.push({ text: NEEDS.disk_full, values: { count: Math.max(0, Math.floor(days)) }, tone: 'warn', href: '#disk' })
  const [last] = backups.items
  const good = newestGood(backups)
  const age_h = good ? (now_ms() - Date.parse(good.started_at)) / 3_600_000 : 0
  if (last?.ok === false)
    needs.push({ text: NEEDS.backup_failed, values: { error: last.error ?? '?' }, tone: 'bad', href: '#backups' })
  const unfit = backups.items.find(({ drill_ok }) => drill_ok === false)
  if (unfit)
    needs.push({
      text: NEEDS.drill_failed,
      values: { error: unfit.drill_error ?? '?' },
      tone: 'bad',
      href: '#backups',
    })
  if (!good && last) needs.push({ text: NEEDS.backup_missing, values: {}, tone: 'bad', href: '#backups' })
  else if (age_h > MAX_AGE_H)
    needs.push({ text: NEEDS.backup_old, values: { count: Math.floor(age_h) }, tone: 'bad', href: '#backups' })
  const count = migrations.pending.length
  if (count > 0) needs.push({ text: NEEDS.migrations, values: { count }, tone: 'warn', href: '#disk' })
  return needs
}

const ICONS: Partial<Record<Tone, IconName>> = { worst: 'critical', bad: 'cross', warn: 'warning' }

export function Needs({ system }: { system: System }) {
  const say = useSay()
  const needs = needsOf(system, say)
  if (needs.length === 0)
    return (
      <p className="system-well">
        <Badge tone="good" icon="check">
          {say(TEXTS.all_well)}
        </Badge>
      </p>
    )
  return (
    <Panel title={say(TEXTS.needs)}>
      <ul className="system-needs">
        {needs.map(({ text, values, tone, href }) => (
          <li key={say(text, values)}>
            <a className={`trouble ${tone === 'warn' ? 'warn' : 'bad'}`} href={href}>
              <Icon name={ICONS[tone] ?? 'warning'} />
              {say(text, values)}
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
