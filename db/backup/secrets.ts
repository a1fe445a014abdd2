/**
 * The generated secrets of DATA_DIR: without them no code of an authenticator app can be checked. They go only into an
 * encrypted archive: beside the database that they protect, in a file that anybody can open, they would protect nothing.
 */
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** Of the embedded server on this machine; another machine's has its own. */
const STAYS_HERE = new Set(['postgres_password'])

export async function readSecrets(data_dir: string): Promise<Array<{ name: string; bytes: Uint8Array }>> {
  const folder = join(data_dir, 'secrets')
  const names = await readdir(folder).catch((err: NodeJS.ErrnoException) => {
    if (err.code === 'ENOENT') return []
    throw err
  })
  const ours = names.filter((name) => /^[a-z0-9_]{1,64}$/.test(name) && !STAYS_HERE.has(name)).toSorted()
  return Promise.all(ours.map(async (name) => ({ name, bytes: new Uint8Array(await readFile(join(folder, name))) })))
}

/** Puts a secret in place, over what is there. */
export async function writeSecret(data_dir: string, name: string, bytes: Uint8Array): Promise<void> {
  const folder = join(data_dir, 'secrets')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `${name}.restored.new`)
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, name))
}
