/** The age of the oldest input that waits to be processed: events and people in the stream, workbooks in uploads/, queued messages. */
import { isAside, UPLOADS } from '../../db/charts/keys.ts'
import { finishedCharts, unclaimedCharts } from '../../db/charts/claim-charts.ts'
import { isKey } from '../../db/engines/objects/key.ts'
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
/** Objects that one probe reads: five lists of S3. */
const PART = 5_000

/**
 * A function that returns the age of the oldest workbook that has neither chart nor refusal, in seconds; 0 when there is
 * none. It reads a part of uploads/ each time, where the last one ended, and what was announced wherever it is: among very many,
 * a file that was dropped is missed for some probes.
 */
export function createWorkbookAge(sql: Sql, objects: Objects): () => Promise<number> {
  let listing: AsyncIterator<ObjectInfo, undefined> | undefined
  /** Of the pass before, and of this one, by key. */
  let before = new Map<string, ObjectInfo>()
  let found = new Map<string, ObjectInfo>()

  async function readPart(): Promise<void> {
    // The poller tells what it leaves out.
    listing ??= objects.list(UPLOADS, { leftOut: () => {} })[Symbol.asyncIterator]()
    let unknown: ObjectInfo[] = []
    for (let read = 0; listing && read < PART; read++) {
      const { done, value: object } = await listing.next()
      if (done) listing = undefined
      else if (!isAside(object.key)) unknown.push(object)
      if (unknown.length < BATCH && !done && read < PART - 1) continue
      for (const waiting of await withoutFinished(sql, unknown)) found.set(waiting.key, waiting)
      unknown = []
    }
    if (listing) return
    before = found
    found = new Map()
  }

  function forget({ key }: ObjectInfo): void {
    before.delete(key)
    found.delete(key)
  }

  return async () => {
    try {
      await readPart()
    } catch (err) {
      listing = undefined
      throw err
    }
    const [announced] = await unclaimedCharts(sql, 1)
    const named = announced && isKey(announced.key) ? await objects.head(announced.key) : null
    const known = new Map([...before, ...found])
    if (named) known.set(named.key, named)
    const waiting = new Set(await withoutFinished(sql, [...known.values()]))
    for (const object of known.values()) if (!waiting.has(object)) forget(object)
    for (const object of [...waiting].sort((a, b) => a.modified_at.getTime() - b.modified_at.getTime())) {
      const now = await objects.head(object.key)
      if (now?.version === object.version) return Math.max(0, (Date.now() - object.modified_at.getTime()) / 1000)
      forget(object)
    }
    return 0
  }
}

async function withoutFinished(sql: Sql, sources: ObjectInfo[]): Promise<ObjectInfo[]> {
  const finished = new Set<ObjectInfo>()
  for (let at = 0; at < sources.length; at += BATCH)
    for (const source of await finishedCharts(sql, sources.slice(at, at + BATCH))) finished.add(source)
  return sources.filter((source) => !finished.has(source))
}
