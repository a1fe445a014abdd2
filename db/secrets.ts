/** Secrets that nobody set: generated once into DATA_DIR/secrets, readable by their owner only. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** 32 random bytes in base64url, the same for every program that asks for `name`, also for ten at once. */
export async function generatedSecret(data_dir: string, name: string): Promise<string> {
  const folder = join(data_dir, 'secrets')
  const path = join(folder, name)
  const known = await readFile(path, 'utf8').catch(ignoreMissing)
  if (known) return known
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${name}.${process.pid}.${randomBytes(4).toString('hex')}`)
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 })
  // link(2) fails where the name exists: whoever was first decides, and nobody reads half a secret.
  await link(draft, path).catch(ignoreExisting)
  await rm(draft)
  return readFile(path, 'utf8')
}

function ignoreMissing(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT') throw thrown
}

function ignoreExisting(thrown: NodeJS.ErrnoException): void {
  if (thrown.code !== 'EEXIST') throw thrown
}
