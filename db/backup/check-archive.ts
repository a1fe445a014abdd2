import type { Progress } from './progress.ts'
import type { Manifest } from './format.ts'
import { readArchive } from './read-archive.ts'

/** Reads the whole archive and returns its manifest; throws AppError when one byte of it is not what was written. */
export async function checkArchive(
  path: string,
  key: string | undefined,
  {
    progress,
    signal,
    max_bytes,
  }: { progress: Progress; signal?: AbortSignal | undefined; max_bytes?: number | undefined },
): Promise<Manifest> {
  const members = readArchive(path, key, { signal, max_bytes })
  for (;;) {
    const { done, value } = await members.next()
    if (done) return value
    progress.add(value.size_bytes, 'checking')
  }
}
