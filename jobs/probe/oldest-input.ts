/** The age of the oldest input that waits to be processed: events and people in the stream, workbooks in uploads/, queued messages. */
import { isAside, UPLOADS } from '../../db/charts/keys.ts'
import { finishedCharts } from '../../db/charts/claim-charts.ts'
import type { Objects, ObjectInfo } from '../../db/engines/objects/objects.ts'
import type { InputKind } from '../../db/monitoring/probe.ts'
import type { Sql } from 'postgres'

export interface OldestInput {
  age_s: number
  kind: InputKind | null
}

/** The oldest of the known ages; null when none is known. */
export function oldestOf(ages: Record<InputKind, number | null>): OldestInput | null {
  const known = Object.entries(ages).flatMap(([kind, age_s]) =>
    age_s === null ? [] : [{ kind: kind as InputKind, age_s: Math.max(0, age_s) }],
  )
  if (known.length === 0) return null
  const oldest = known.reduce((a, b) => (b.age_s > a.age_s ? b : a))
  return oldest.age_s === 0 ? { age_s: 0, kind: null } : oldest
}

/** Sources in one statement. */
const BATCH = 1_000

/**
 * A function that returns the age of the oldest workbook that has neither chart nor refusal, in seconds; 0 when there is
 * none. It remembers finished workbooks, so that an idle probe asks the database nothing.
 */
export function createWorkbookAge(sql: Sql, objects: Objects): () => Promise<number> {
  let finished = new Map<string, string>()

  return async () => {
    const still = new Map<string, string>()
    const unknown: ObjectInfo[] = []
    for await (const object of objects.list(UPLOADS)) {
      if (finished.get(object.key) === object.version) still.set(object.key, object.version)
      else if (!isAside(object.key)) unknown.push(object)
    }
    for (let at = 0; at < unknown.length; at += BATCH)
      for (const { key, version } of await finishedCharts(sql, unknown.slice(at, at + BATCH))) still.set(key, version)
    finished = still
    const waiting = unknown.filter(({ key, version }) => still.get(key) !== version)
    return waiting.reduce((age_s, { modified_at }) => Math.max(age_s, (Date.now() - modified_at.getTime()) / 1000), 0)
  }
}
