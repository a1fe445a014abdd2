/**
 * Draws in a process of its own: Vega and the rasteriser would stay in the memory of a program that needs them once a
 * day, and would block its loop while they draw.
 */
import { join } from 'node:path'
import type { Plan } from '../../charts/plan/plan.ts'
import type { Locale } from '../../lib/texts.ts'
import { AppError } from '../../lib/errors.ts'

export interface DrawOrder {
  plan: Plan
  locale: Locale
}

/** Drawing takes half a second. */
const DEADLINE_MS = 30_000

/** The plan as PNG. Throws AppError chart_not_drawn, or the signal's reason. */
export async function drawChart(order: DrawOrder, signal: AbortSignal): Promise<Uint8Array> {
  const child = Bun.spawn(
    [process.execPath, '--no-orphans', '--no-env-file', join(import.meta.dir, 'chart-process.ts')],
    {
      env: { PATH: process.env.PATH ?? '' },
      stdin: new TextEncoder().encode(JSON.stringify(order)),
      stdout: 'pipe',
      stderr: 'pipe',
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
      killSignal: 'SIGKILL',
    },
  )
  const [png, problem, code] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  signal.throwIfAborted()
  if (code === 0) return png
  const why = child.signalCode ? `it was ended by ${child.signalCode}` : problem.trim().split('\n').at(-1)
  throw new AppError('chart_not_drawn', 500, `The chart of the report was not drawn: ${why}.`)
}
