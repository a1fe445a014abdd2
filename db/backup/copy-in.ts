/** Brings the rows of an archive into tables, as the members come that hold them. */
import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'
import type { ISql } from 'postgres'
import { AppError, sentenceOf } from '../../lib/errors.ts'
import { copied, copyOut } from './dump-database.ts'
import { damaged, type DumpedTable } from './format.ts'
import { nameOf } from './names.ts'

export interface Loader {
  /** The next part of a table. The parts of one table come one after the other. */
  part(schema: string, table: string, body: AsyncIterable<Uint8Array>): Promise<void>
}

/** One COPY at a time, for the table of `tables` whose parts come; `into` names where its rows go. */
export function createCopies(
  tx: ISql,
  tables: DumpedTable[],
  into: (table: DumpedTable) => string = nameOf,
): Loader & { end(): Promise<void> } {
  const byName = new Map(tables.map((table) => [nameOf(table), table]))
  let current: { id: string; stream: Writable; ended: Promise<void> } | undefined

  async function end(): Promise<void> {
    if (!current) return
    current.stream.end()
    await current.ended
    current = undefined
  }

  async function begin(id: string): Promise<void> {
    const table = byName.get(id)
    if (!table)
      throw damaged({
        en: `it holds rows of ${id}, which its manifest lacks`,
        pt: `contém linhas de ${id}, que não está no manifesto`,
      })
    byName.delete(id)
    const stream = await tx`copy ${tx.unsafe(copied(table, into(table)))} from stdin`.writable()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    stream.once('finish', resolve)
    stream.once('error', (cause) => reject(refused(table, cause)))
    promise.catch(() => {})
    current = { id, stream, ended: promise }
  }

  return {
    async part(schema, name, body) {
      const id = nameOf({ schema, name })
      if (current?.id !== id) {
        await end()
        await begin(id)
      }
      for await (const chunk of body) await write(current!, chunk)
    },
    end,
  }
}

/** Resolves when there is room for more; rejects when the server refuses what came. */
async function write({ stream, ended }: { stream: Writable; ended: Promise<void> }, chunk: Uint8Array): Promise<void> {
  if (stream.destroyed) return ended
  if (stream.write(chunk)) return
  const drained = new Promise<void>((resolve) => stream.once('drain', resolve))
  await Promise.race([drained, ended])
}

function refused({ name }: DumpedTable, cause: unknown): AppError {
  const where = (cause as { where?: string }).where
  const why = sentenceOf(cause)
  const place = where ? ` (${where.slice(0, 200)})` : ''
  const detail = {
    en: `The rows of ${name} are refused: ${why.en}${place}.`,
    pt: `As linhas de ${name} foram recusadas: ${why.pt}${place}.`,
  }
  return new AppError('invalid', 'backup_refused', detail, { cause })
}

/** Every row once more as COPY's text: the same bytes, or it is not what was backed up. */
export async function checkContent(tx: ISql, table: DumpedTable, name = nameOf(table)): Promise<void> {
  const hash = createHash('sha256')
  for await (const row of copyOut(tx, table, name)) hash.update(row)
  if (hash.digest('hex') === table.sha256) return
  throw new AppError('invalid', 'backup_damaged', {
    en: `${table.name} came back with other content than was backed up.`,
    pt: `${table.name} voltou com um conteúdo diferente do que foi guardado.`,
  })
}
