/** Tells alerts of silent programs. Every program does so: the one that is silent cannot. */
import type { Sql } from 'postgres'
import { durationIn, type Locale } from '../../lib/texts.ts'
import { openSubjects } from '../alerts/alerts.ts'
import { observe } from '../alerts/observe.ts'
import { forgetPrograms, readPrograms, type ProgramState } from './programs.ts'

const RULE = 'PROGRAM_SILENT'

/** The programs as it found them. Where all is well it is two reads. */
export async function observePrograms(sql: Sql): Promise<ProgramState[]> {
  const found = await readPrograms(sql)
  const open = await openSubjects(sql, RULE)
  const silent = new Map(found.filter((one) => one.silent).map((one) => [subjectOf(one), one]))
  if (silent.size + open.length === 0) return found
  await forgetPrograms(sql)
  await observe(sql, [
    ...[...silent].map(([subject, one]) => ({ rule: RULE, subject, ok: false, detail: detailOf(one) }) as const),
    ...open.filter((subject) => !silent.has(subject)).map((subject) => ({ rule: RULE, subject, ok: true }) as const),
  ])
  return found
}

const subjectOf = ({ program, host }: ProgramState) => `${program}@${host}`

function detailOf({ program, host, pid, seen_ago_s }: ProgramState) {
  const since = (locale: Locale) => durationIn(seen_ago_s * 1000, locale)
  return {
    en: `${program} (process ${pid} on ${host}) has sent no heartbeat for ${since('en')}: it hangs, was killed, or does not reach the database.`,
    pt: `${program} (processo ${pid} em ${host}) não dá sinal há ${since('pt-BR')}: travou, foi encerrado à força ou não alcança o banco de dados.`,
  }
}
