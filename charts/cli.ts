/** `bun run charts FILE [OUT.png]`: draws one local file; needs no database. */
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import { messageOf } from '../lib/errors.ts'
import { loadConfig } from '../lib/program.ts'
import { readDrawingConfig } from './config.ts'
import { ChildFailed } from '../lib/child/child-worker.ts'
import { createPool } from './pool/index.ts'
import { outputBase } from '../db/charts/keys.ts'
import { Refusal } from './refusal.ts'
import type { Summary } from './summary.ts'
import { refusalSentence } from './texts.ts'

const USAGE = `Usage: bun run charts                                 draws every workbook that appears in uploads/
       bun run charts FILE.xlsx [OUT.png] [--json]     draws one local file`

/** Draws and says where; throws what main.ts prints on stderr with exit code 1. */
export async function drawFile(words: string[]): Promise<void> {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean' } }, USAGE)
  const [file, out, ...more] = positionals
  if (file === undefined || more.length > 0) return wrongUsage('Name one file to draw.', USAGE)
  if (out !== undefined && !/\.png$/i.test(out)) return wrongUsage(`${out} should end with .png.`, USAGE)
  const { locale, limits } = loadConfig(readDrawingConfig)
  await checkReadable(file)

  const pool = createPool({ locale, limits })
  try {
    const { png, summary } = await pool.draw(resolve(file), basename(file))
    const target = out ?? `${outputBase(file)}.png`
    await Bun.write(target, png).catch((cause: unknown) => {
      throw new Error(`${target} cannot be written: ${messageOf(cause)}.`, {
        cause,
      })
    })
    process.stdout.write(
      values.json ? `${JSON.stringify({ file: target, ...summary }, null, 2)}\n` : told(target, summary),
    )
  } catch (thrown) {
    if (thrown instanceof Refusal)
      throw new Error(refusalSentence(thrown.code, thrown.facts, locale), { cause: thrown })
    if (thrown instanceof ChildFailed)
      throw new Error(refusalSentence('drawing_failed', { attempts: 1 }, locale), {
        cause: thrown,
      })
    throw thrown
  } finally {
    pool.close()
  }
}

async function checkReadable(file: string): Promise<void> {
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    const problem =
      cause.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${messageOf(cause)}.`
    throw new Error(problem, { cause })
  })
  if (!found.isFile()) throw new Error(`${file} is not a file.`)
}

function told(target: string, summary: Summary): string {
  const where = [summary.sheet, summary.range].filter(Boolean).join(' ')
  return `${target}: ${summary.title} (${where})\n`
}
