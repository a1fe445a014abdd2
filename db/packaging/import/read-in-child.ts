/**
 * Reads a file in a process of its own, which is ended when it takes too long or too much: whatever is in the file, this
 * process goes on with its other work.
 */
import { join } from 'node:path'
import { ChildFailed, ChildWorker } from '../../../lib/child/child-worker.ts'
import { AppError } from '../../../lib/errors.ts'
import type { PackagingField } from '../packaging.ts'
import { faultyFile } from './file-faults.ts'
import type { ReadAnswer, ReadOrder } from './reading-process.ts'

const MB = 1024 * 1024

/** What reading one file may cost. A workbook of 50,000 rows × 16 columns inflates to 29 MB, and was read in 7.7 s and 740 MB. */
export const READ_LIMITS = {
  time_ms: 30_000,
  memory_bytes: 1024 * MB,
  inflated_bytes: 64 * MB,
  rows: 500_000,
  columns: 100,
  cells: 2_000_000,
}

export interface ReadFile {
  /** The fields that the file has. */
  columns: PackagingField[]
  /** Batches of items, each a JSON list of ImportRow. */
  batches(): AsyncGenerator<string>
  close(): void
}

/** Throws AppError import_rejected, whose sentence and list say what to change. */
export async function readInChild(bytes: Uint8Array, limits = READ_LIMITS): Promise<ReadFile> {
  const { time_ms, memory_bytes, ...read } = limits
  const child = new ChildWorker<ReadOrder, ReadAnswer>(join(import.meta.dir, 'reading-process.ts'), bytes)
  const ask = (order: ReadOrder) => child.ask(order, { time_ms, memory_bytes })
  try {
    const opened = await ask({ read })
    if ('refused' in opened) {
      const { en, pt, errors = [] } = opened.refused
      throw new AppError('invalid', 'import_rejected', { en, pt }, { errors })
    }
    const { columns } = opened as { columns: PackagingField[] }
    return {
      columns,
      async *batches() {
        for (;;) {
          const { batch } = (await ask('next')) as { batch: string | undefined }
          if (batch === undefined) return
          yield batch
        }
      },
      close: () => child.end(),
    }
  } catch (thrown) {
    child.end()
    // At its limits, or by the system when memory runs out.
    const killed = thrown instanceof ChildFailed && thrown.signal === 'SIGKILL'
    throw killed ? faultyFile('too_costly', {}, thrown) : thrown
  }
}
