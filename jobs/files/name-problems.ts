/**
 * Checks what files say of one another: each job is of one file, the job that `after` names exists, and none runs after
 * itself. A file that was well before goes on with its version of then, as far as that is well beside the others.
 */
import type { Translated } from '../../lib/texts.ts'
import type { Version } from './read-job.ts'

/** By file. */
type Versions = Map<string, Version>

/**
 * The versions to use, by job, and for each file that is not used as it is, the reason. `owners`: the file that each job was
 * of until now. `last`: what each file has in use.
 */
export function nameProblems(
  wanted: Versions,
  owners: ReadonlyMap<string, string | null>,
  last: Versions,
): { usable: Map<string, Version>; refused: Map<string, Translated> } {
  const chosen = new Map(wanted)
  const refused = new Map<string, Translated>()
  for (;;) {
    const twice = definedTwice(chosen, owners)
    // All of a round at once, so that each job of a circle is told of the whole circle.
    const found = twice.size > 0 ? twice : unfollowable(chosen)
    if (found.size === 0) break
    for (const [file, reason] of found) {
      if (!refused.has(file)) refused.set(file, reason)
      const before = last.get(file)
      if (before && chosen.get(file) !== before) chosen.set(file, before)
      else chosen.delete(file)
    }
  }
  return { usable: byJob(chosen), refused }
}

const byJob = (versions: Versions) => new Map([...versions.values()].map((version) => [version.declared.name, version]))

function definedTwice(versions: Versions, owners: ReadonlyMap<string, string | null>): Map<string, Translated> {
  const reasons = new Map<string, Translated>()
  const files = Map.groupBy(versions.keys(), (file) => versions.get(file)!.declared.name)
  for (const [job, all] of files) {
    if (all.length === 1) continue
    // The owner keeps it, so that a copy in which only the name is still to be changed stops nothing.
    const owner = all.find((file) => versions.get(file)!.sources.entry === owners.get(job))
    for (const file of all.filter((one) => one !== owner)) {
      const others = owner === undefined ? all.filter((one) => one !== file) : [owner]
      reasons.set(file, {
        en: `it defines ${job}, and so does ${others.join(' and ')}. Rename one of the two.`,
        pt: `ele define ${job}, assim como ${others.join(' e ')}. Renomeie um dos dois.`,
      })
    }
  }
  return reasons
}

function unfollowable(versions: Versions): Map<string, Translated> {
  const afters = new Map([...byJob(versions)].map(([name, { declared }]) => [name, declared.after ?? []]))
  const reasons = new Map<string, Translated>()
  for (const [file, { declared }] of versions) {
    const reason = problemOf(declared.name, afters)
    if (reason !== null) reasons.set(file, reason)
  }
  return reasons
}

function problemOf(name: string, afters: Map<string, string[]>): Translated | null {
  const missing = afters.get(name)!.filter((one) => !afters.has(one))
  if (missing.length > 0)
    return {
      en: `after names ${missing.join(' and ')}, which is not a job that can be used.`,
      pt: `after indica ${missing.join(' e ')}, que não é um job que possa ser usado.`,
    }
  const circle = wayTo(name, name, afters, new Set())
  if (!circle) return null
  const way = [name, ...circle]
  return {
    en: `it would run after itself (${way.join(' after ')}).`,
    pt: `ele rodaria depois de si mesmo (${way.join(' depois de ')}).`,
  }
}

/** The jobs from one that `from` comes after to `target`; null where none leads there. */
function wayTo(target: string, from: string, afters: Map<string, string[]>, seen: Set<string>): string[] | null {
  for (const next of afters.get(from) ?? []) {
    if (next === target) return [next]
    if (seen.has(next)) continue
    seen.add(next)
    const rest = wayTo(target, next, afters, seen)
    if (rest) return [next, ...rest]
  }
  return null
}
