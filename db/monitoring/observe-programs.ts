/**
 * Tells alerts of silent programs, and of those that ended unasked and were started again since. Every program does so: the one
 * that is silent cannot.
 */
import type { Sql } from 'postgres'
import { durationIn, type Locale } from '../../lib/texts.ts'
import { openSubjects } from '../alerts/alerts.ts'
import { observe } from '../alerts/observe.ts'
import { forgetPrograms, readProcesses, takeReplaced, type ProgramState, type Replaced } from './programs.ts'

const RULE = 'PROGRAM_SILENT'

/** The programs as it found them, without those that were replaced. Where all is well it is two reads. */
export async function observePrograms(sql: Sql): Promise<ProgramState[]> {
  const processes = await readProcesses(sql)
  if (processes.some(({ replaced }) => replaced)) await observeReplaced(sql)
  const found = processes.filter(({ replaced }) => !replaced)
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

const observeReplaced = (sql: Sql) =>
  sql.begin(async (tx) => observe(tx, (await takeReplaced(tx)).flatMap(endedAndStarted)))

const subjectOf = ({ program, host }: Pick<ProgramState, 'program' | 'host'>) => `${program}@${host}`

function detailOf({ program, host, pid, seen_ago_s }: ProgramState) {
  const since = (locale: Locale) => durationIn(seen_ago_s * 1000, locale)
  return {
    en: `${program} (process ${pid} on ${host}) has sent no heartbeat for ${since('en')}: it hangs, was killed, or does not reach the database.`,
    pt: `${program} (processo ${pid} em ${host}) não dá sinal há ${since('pt-BR')}: travou, foi encerrado à força ou não alcança o banco de dados.`,
  }
}

/** An alert that fires and is over: `bun run up` starts a program again sooner than anybody would call it silent. */
function endedAndStarted(one: Replaced) {
  const { program, host, pid, away_s } = one
  const away = (locale: Locale) => durationIn(away_s * 1000, locale)
  const detail = {
    en: `${program} (process ${pid} on ${host}) hung or ended without being stopped; it was started again ${away('en')} after its last heartbeat.`,
    pt: `${program} (processo ${pid} em ${host}) travou ou terminou sem ser parado; foi reiniciado ${away('pt-BR')} depois do último sinal.`,
  }
  const subject = subjectOf(one)
  return [{ rule: RULE, subject, ok: false, detail } as const, { rule: RULE, subject, ok: true } as const]
}
