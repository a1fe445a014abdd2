/** Has a workbook turned into CSV by a process of its own (workbook-to-csv.ts), and ends that when it costs too much. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Translated } from '../../../lib/texts.ts'
import { refuse } from './rejection.ts'
import { WORKBOOK_LIMITS } from './workbook-limits.ts'

export type WorkbookLimits = Record<'memory_bytes' | 'time_ms' | 'output_bytes', number>

const PROGRAM = join(import.meta.dir, 'workbook-to-csv.ts')
const FAULT = 2
const WATCH_MS = 100

/** By content, not by name. Throws AppError 422 for the formats of old Excel. */
export function isWorkbook(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  if (start === 'd0cf11e0')
    refuse({
      en: 'This is an old .xls, or a workbook with a password; save it as .xlsx without one.',
      pt: 'Este é um .xls antigo, ou uma planilha com senha; salve-a como .xlsx, sem senha.',
    })
  return start === '504b0304' || start === '504b0506'
}

/** The first visible sheet as CSV, a line per row. Throws AppError 422 that says what to change. */
export async function workbookToCsv(bytes: Uint8Array, limits: WorkbookLimits = WORKBOOK_LIMITS): Promise<Uint8Array> {
  const child = Bun.spawn([process.execPath, PROGRAM], {
    stdin: bytes,
    stdout: 'pipe',
    stderr: 'pipe',
    // Nothing of ours is a workbook's business.
    env: {},
    timeout: limits.time_ms,
    killSignal: 'SIGKILL',
    maxBuffer: limits.output_bytes,
  })
  watchMemory(child, limits.memory_bytes)
  const [csv, said, code] = await Promise.all([child.stdout.bytes(), child.stderr.text(), child.exited])
  // A process may end by itself in the moment in which it is to be killed for what it wrote.
  const tooMuch = child.signalCode === 'SIGKILL' || csv.length > limits.output_bytes
  if (code === 0 && !tooMuch) return csv
  // Bun may have warned before.
  if (code === FAULT) refuse(JSON.parse(said.trimEnd().split('\n').at(-1)!) as Translated)
  if (tooMuch)
    refuse({
      en: 'The workbook needs too much memory or time to read; save the table as CSV.',
      pt: 'A planilha exige memória ou tempo demais para ser lida; salve a tabela como CSV.',
    })
  throw new Error(`The workbook process ended with ${child.signalCode ?? code}: ${said.slice(-2000)}`)
}

/** Kills the process when it has more than `memory_bytes`. Only Linux tells; elsewhere the other limits must do. */
function watchMemory(child: Bun.Subprocess, memory_bytes: number): void {
  const timer = setInterval(async () => {
    const statm = await readFile(`/proc/${child.pid}/statm`, 'utf8').catch(() => '')
    if (Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES > memory_bytes) child.kill('SIGKILL')
  }, WATCH_MS)
  void child.exited.finally(() => clearInterval(timer))
}

const PAGE_BYTES = 4096
