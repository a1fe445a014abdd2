import { open } from 'node:fs/promises'

/** Flushes the folder's entries to disk: until then a power cut may undo a rename in it. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
