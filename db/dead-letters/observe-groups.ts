/**
 * Alerts about groups of dead letters: a new one, and one that grows. Many that come at once are one alert that sums them up. They
 * are over by themselves when no letter of theirs is dead any more, or the group grows no longer.
 */
import type { Sql, TransactionSql } from 'postgres'
import { numberIn, type Locale, type Translated } from '../../lib/texts.ts'
import { openSubjects } from '../alerts/alerts.ts'
import { observe, type Observation } from '../alerts/observe.ts'
import type { RuleName } from '../alerts/rules.ts'
import type { Letter } from './letters.ts'
import type { letter_group_alerts } from './table.ts'

/** More of them at once are one alert. */
const MANY = 5
/** Named in an alert about many. */
const NAMED = 3

/** `grownTo`: the letters of an hour beyond which a group grows, by the subject of its alert. */
export function observeGroups(sql: Sql, grownTo: (subject: string) => number): Promise<void> {
  return sql.begin(async (tx) => {
    const groups = await readGroups(tx)
    const told = await tx<Told[]>`select group_id, subject from letter_group_alerts order by group_id`
    const observations = [...(await observeNew(tx, groups, told)), ...(await observeGrowth(tx, groups, grownTo))]
    await observe(tx, observations)
  })
}

type Told = Pick<typeof letter_group_alerts.$inferSelect, 'group_id' | 'subject'>

type Group = Pick<Letter, 'source' | 'step' | 'reason' | 'cause'> & {
  group_id: string
  count: number
  /** Died within the last hour, and since the alert about the new group was told. */
  more: number
}

/** Those with dead letters, the largest first. */
async function readGroups(tx: TransactionSql): Promise<Group[]> {
  return tx<Group[]>`
    with counted as (
      select source, l.group_id, count(*)::int as count,
        (count(*) filter (where died_at > told_at and died_at > now() - interval '1 hour'))::int as more
      from letters l left join letter_group_alerts using (group_id) where state = 'dead' group by source, l.group_id
    )
    select counted.*, step, reason, cause from counted cross join lateral (
      select step, reason, cause from letters l
      where l.source = counted.source and l.state = 'dead' and l.group_id = counted.group_id limit 1
    ) one order by count desc, group_id`
}

const subjectOf = ({ source, reason, group_id }: Group) => `${source}/${reason}/${group_id.slice(0, 8)}`

/** A group is new until its alert was told, and again once it was empty. */
async function observeNew(tx: TransactionSql, groups: Group[], told: Told[]): Promise<Observation[]> {
  const known = new Set(told.map(({ group_id }) => group_id))
  const there = new Set(groups.map(({ group_id }) => group_id))
  const fresh = groups.filter(({ group_id }) => !known.has(group_id))
  const [first] = fresh
  const many = first && fresh.length > MANY ? `${first.source}/*/${first.group_id.slice(0, 8)}` : undefined
  const rows = fresh.map((group) => ({ group_id: group.group_id, subject: many ?? subjectOf(group) }))
  if (rows.length > 0) await tx`insert into letter_group_alerts ${tx(rows)} on conflict do nothing`
  const emptied = told.filter(({ group_id }) => !there.has(group_id))
  if (emptied.length > 0)
    await tx`delete from letter_group_alerts where group_id = any(${emptied.map(({ group_id }) => group_id)}::uuid[])`
  // An alert about many is over with the last of them.
  const left = new Set(told.filter(({ group_id }) => there.has(group_id)).map(({ subject }) => subject))
  const over = new Set(emptied.map(({ subject }) => subject).filter((subject) => !left.has(subject)))
  const failed: Observation[] = many
    ? [
        failing(
          'DEAD_LETTERS_NEW',
          many,
          summed(fresh, ({ count }) => count),
          '/dead-letters',
        ),
      ]
    : fresh.map((group) => failing('DEAD_LETTERS_NEW', subjectOf(group), described(group, group.count), pathOf(group)))
  return [
    ...[...over].map((subject): Observation => ({ rule: 'DEAD_LETTERS_NEW', subject, ok: true, final: true })),
    ...failed,
  ]
}

/** The subject of growth of many groups. */
const ALL = '*'

async function observeGrowth(
  tx: TransactionSql,
  groups: Group[],
  grownTo: (subject: string) => number,
): Promise<Observation[]> {
  const growing = groups.filter((group) => group.more > grownTo(subjectOf(group)))
  const open = new Set(await openSubjects(tx, 'DEAD_LETTERS_GROW'))
  const others = growing.filter((group) => !open.has(subjectOf(group)))
  const many = others.length > MANY || (open.has(ALL) && others.length > 0)
  const alone = many ? growing.filter((group) => open.has(subjectOf(group))) : growing
  const failed = alone.map((group) =>
    failing('DEAD_LETTERS_GROW', subjectOf(group), described(group, group.more), pathOf(group)),
  )
  if (many)
    failed.push(
      failing(
        'DEAD_LETTERS_GROW',
        ALL,
        summed(others, ({ more }) => more),
        '/dead-letters',
      ),
    )
  const still = new Set(failed.map(({ subject }) => subject))
  const over = [...open].filter((subject) => !still.has(subject))
  return [...over.map((subject): Observation => ({ rule: 'DEAD_LETTERS_GROW', subject, ok: true })), ...failed]
}

const failing = (rule: RuleName, subject: string, text: Translated, path: string): Observation => ({
  rule,
  subject,
  ok: false,
  detail: { ...text, command: 'bun run dead-letters list', path },
})

const pathOf = ({ group_id }: Group) => `/dead-letters?group=${group_id}`

const described = ({ source, step, reason, cause }: Group, letters: number): Translated => ({
  en: `Dead letters of ${source}: ${numberIn(letters, 'en')}. Step ${step}, reason ${reason}: “${cause}”`,
  pt: `Mensagens mortas de ${source}: ${numberIn(letters, 'pt-BR')}. Etapa ${step}, motivo ${reason}: “${cause}”`,
})

function summed(groups: Group[], countOf: (group: Group) => number): Translated {
  const letters = groups.reduce((sum, group) => sum + countOf(group), 0)
  const named = (locale: Locale) =>
    groups
      .toSorted((a, b) => countOf(b) - countOf(a))
      .slice(0, NAMED)
      .map((group) => `${group.source} ${group.reason} (${numberIn(countOf(group), locale)}): “${group.cause}”`)
      .join('; ')
  return {
    en: `${numberIn(groups.length, 'en')} groups with ${numberIn(letters, 'en')} dead letters, the largest: ${named('en')}`,
    pt: `${numberIn(groups.length, 'pt-BR')} grupos com ${numberIn(letters, 'pt-BR')} mensagens mortas, os maiores: ${named('pt-BR')}`,
  }
}
