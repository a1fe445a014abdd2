/**
 * Whether the database takes writes. On a full disk most reads, and writes into pages that are there already, go well for long:
 * this write needs a new page each time. It refuses, too, where the server has become a read-only standby.
 */
import type { ISql, Sql } from 'postgres'

/** Most of a page: no second row fits. */
const FILLER_BYTES = 7_000
/** Those who check at the same time share one write. */
const LOCK = 4_711_015
const FRESH_MS = 10_000

/** Throws when the database refuses it. */
export async function tryWrite(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    if (await isMine(tx)) await writePage(tx)
  })
}

async function isMine(tx: ISql): Promise<boolean> {
  const [row] = await tx<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(${LOCK}) as mine`
  return row!.mine
}

async function writePage(tx: ISql): Promise<void> {
  await tx`truncate write_checks`
  await tx`insert into write_checks (filler) values (repeat('x', ${FILLER_BYTES}))`
}

/** The same for callers that ask often: what one was told holds for a few seconds. */
export function createWriteCheck(sql: Sql): () => Promise<void> {
  let last: { at: number; answer: Promise<void> } | undefined
  return () => {
    if (!last || performance.now() - last.at > FRESH_MS) {
      last = { at: performance.now(), answer: tryWrite(sql) }
      last.answer.catch(() => {})
    }
    return last.answer
  }
}
