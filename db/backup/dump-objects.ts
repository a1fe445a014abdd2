/** Copies every object into an archive. Small ones are read whole first, large ones flow; none is held for long. */
import { messageOf } from '../../lib/errors.ts'
import type { ObjectInfo, Objects } from '../engines/objects/objects.ts'
import { objectMember, type Manifest } from './format.ts'
import type { Progress } from './progress.ts'
import type { ArchiveWriter } from './write-archive.ts'

/** Read whole before it is written: what changes meanwhile costs nothing but another reading. */
const SMALL_BYTES = 4 * 2 ** 20
const TRIES = 3
const NAMED = 1000

export async function dumpObjects(
  objects: Objects,
  archive: ArchiveWriter,
  { progress, signal }: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<Manifest['objects']> {
  const found: Manifest['objects'] = { count: 0, size_bytes: 0, spoiled: [], missing: [], missing_count: 0 }
  for await (const listed of objects.list('')) {
    signal?.throwIfAborted()
    const passed = (bytes: number) => progress.add(bytes, `${found.count.toLocaleString('en')} objects`)
    const size_bytes = await dumpObject(objects, listed, archive, found.spoiled, passed)
    if (size_bytes === null) {
      found.missing_count += 1
      if (found.missing.length < NAMED) found.missing.push(listed.key)
      continue
    }
    found.count += 1
    found.size_bytes += size_bytes
  }
  return found
}

/** Its size, or null when it is gone, or was written to at every try: somebody works on it in place. */
async function dumpObject(
  objects: Objects,
  listed: ObjectInfo,
  archive: ArchiveWriter,
  spoiled: number[],
  passed: (bytes: number) => void,
): Promise<number | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const got = await objects.get(listed.key)
    if (!got) return null
    const { size_bytes } = got.info
    const body = counted(got.body as unknown as AsyncIterable<Uint8Array>, passed)
    if (size_bytes <= SMALL_BYTES) {
      const bytes = await whole(body)
      if (!bytes) continue
      await archive.add(objectMember(listed.key), bytes)
      return bytes.length
    }
    const position = archive.members - 1
    const { broken } = await archive.addStream(objectMember(listed.key), size_bytes, body)
    if (!broken) return size_bytes
    spoiled.push(position)
    if (!hasChanged(broken)) throw broken
  }
  return null
}

async function* counted(body: AsyncIterable<Uint8Array>, passed: (bytes: number) => void) {
  for await (const chunk of body) {
    passed(chunk.length)
    yield chunk
  }
}

/** null when it changed while it was read. */
async function whole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of body) chunks.push(chunk)
  } catch (err) {
    if (hasChanged(err)) return null
    throw err
  }
  return Buffer.concat(chunks)
}

const hasChanged = (err: unknown) =>
  (err as { code?: string }).code === 'object_changed' || /it has (more|fewer) bytes/.test(messageOf(err))
