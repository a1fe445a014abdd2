/** The size of a folder that programs write to meanwhile; a large one takes a while, so what was found is kept. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const KEPT_MS = 5 * 60_000
/** Whoever asks waits no longer; the next one finds it. */
const PATIENCE_MS = 1500

/** Returns what says the size in bytes; null while it is not known yet. */
export function createFolderSize(folder: string, now_ms = Date.now): () => Promise<number | null> {
  let known: { bytes: number; at_ms: number } | null = null
  let measuring: Promise<void> | undefined

  async function measure(): Promise<void> {
    known = { bytes: await sizeOf(folder), at_ms: now_ms() }
  }

  return async () => {
    if (known === null || now_ms() - known.at_ms > KEPT_MS)
      measuring ??= measure().finally(() => (measuring = undefined))
    if (known === null) await Promise.race([measuring, Bun.sleep(PATIENCE_MS)])
    return (known as { bytes: number } | null)?.bytes ?? null
  }
}

/** What goes away meanwhile, or may not be read, counts as nothing. One folder after another, so that the disk is left to others. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += await sizeOf(path)
    else if (entry.isFile()) bytes += (await stat(path).catch(() => null))?.size ?? 0
  }
  return bytes
}
