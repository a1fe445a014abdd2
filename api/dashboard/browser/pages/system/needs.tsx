/**
 * What needs a person, worst first; each leads to where more of it is. Whether a disk is too full or a backup too old is for the
 * alerts to say, since their limits can be set.
 */
import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '../../api/client.ts'
import { now_ms } from '../../clock.ts'
import { alertsQuery, type Alert } from '../../data/alerts.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { NEEDS, ROLES, TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

type System = Schemas['System']
interface Need {
  text: string
  tone: Tone
  href: string
}

const FULL_SOON_DAYS = 30

export const newestGood = ({ items }: System['backups']) =>
  items.find(({ ok, drill_ok }) => ok === true && drill_ok !== false)

function needsOf(system: System, alerts: readonly Alert[], say: ReturnType<typeof useSay>): Need[] {
  const { roles, programs, disk, backups, migrations } = system
  const needs: Need[] = []
  for (const { role, status } of roles)
    if (status === 'down')
      needs.push({ text: say(NEEDS.role_away, { role: say(ROLES[role]) }), tone: 'worst', href: '#engines' })
  for (const { program, host, status } of programs)
    if (status === 'silent')
      needs.push({ text: say(NEEDS.program_silent, { program, host }), tone: 'worst', href: '#programs' })
  const of = (rule: Alert['rule']) => alerts.filter((alert) => alert.rule === rule)
  const told = ({ id, detail }: Alert): Need => ({
    text: detail,
    tone: 'bad',
    href: `/alerts/${id}`,
  })
  const [full, stale] = [of('LOW_DISK_SPACE'), of('BACKUP_STALE')]
  needs.push(...full.map(told))
  const days = disk.full_at === null ? Infinity : (Date.parse(disk.full_at) - now_ms()) / 86_400_000
  if (full.length === 0 && days < FULL_SOON_DAYS)
    needs.push({ text: say(NEEDS.disk_full, { count: Math.max(0, Math.floor(days)) }), tone: 'warn', href: '#disk' })
  const [last] = backups.items
  const good = newestGood(backups)
  if (last?.ok === false)
    needs.push({ text: say(NEEDS.backup_failed, { error: last.error ?? '?' }), tone: 'bad', href: '#backups' })
  const unfit = backups.items.find(({ drill_ok }) => drill_ok === false)
  if (unfit)
    needs.push({
      text: say(NEEDS.drill_failed, { error: unfit.drill_error ?? '?' }),
      tone: 'bad',
      href: '#backups',
    })
  if (stale.length > 0) needs.push(...stale.map(told))
  else if (!good && last) needs.push({ text: say(NEEDS.backup_missing, {}), tone: 'bad', href: '#backups' })
  const count = migrations.pending.length
  if (count > 0) needs.push({ text: say(NEEDS.migrations, { count }), tone: 'warn', href: '#disk' })
  return needs
}

const ICONS: Partial<Record<Tone, IconName>> = { worst: 'critical', bad: 'cross', warn: 'warning' }

export function Needs({ system }: { system: System }) {
  const say = useSay()
  const { whenTold } = useLive()
  const alerts = useQuery({ ...alertsQuery({ state: 'firing' }), refetchInterval: whenTold() })
  if (!alerts.data) return null
  const needs = needsOf(system, alerts.data.items, say)
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
        {needs.map(({ text, tone, href }) => (
          <li key={text}>
            <a className={`trouble ${tone === 'warn' ? 'warn' : 'bad'}`} href={href}>
              <Icon name={ICONS[tone] ?? 'warning'} />
              <Said text={text} />
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
