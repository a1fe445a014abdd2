/** Secrets that are not configured: generated once into DATA_DIR/secrets, readable by their owner only. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from './errors.ts'

/** 32 random bytes in base64url: the same for every program that reads `name`, even for ten at once. */
export async function generatedSecret(data_dir: string, name: string): Promise<string> {
  const folder = join(data_dir, 'secrets')
  const path = join(folder, name)
  return (await readSecret(path)) ?? (await generate(folder, path))
}

async function generate(folder: string, path: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.new`
  try {
    await writeSynced(draft, randomBytes(32).toString('base64url'))
    // link(2) fails where the name exists: the first one wins, and nobody reads half a secret.
    await link(draft, path).catch(ignoreExisting)
  } finally {
    await rm(draft, { force: true })
  }
  return (await readSecret(path))!
}

/** Flushed to disk before it gets its name: a secret emptied by a power cut would lock everybody out. */
async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function readSecret(path: string): Promise<string | undefined> {
  const text = (await readFile(path, 'utf8').catch(ignoreMissing))?.trim()
  if (text === '')
    throw new AppError('internal', 'secret_empty', {
      en: `${path} is empty; put back what it held, or delete it for a new secret.`,
      pt: `${path} está vazio; recoloque o que ele continha, ou apague-o para criar um segredo novo.`,
    })
  return text
}

function ignoreMissing(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT') throw thrown
}

function ignoreExisting(thrown: NodeJS.ErrnoException): void {
  if (thrown.code !== 'EEXIST') throw thrown
}
