/** Finds the place in a job's code that an error of importing it comes from. */
import type { Place } from './read-job.ts'

/** null where nothing in `texts` is to blame, as far as can be told. Never throws. */
export function placeOf(thrown: unknown, texts: Record<string, string>): Place | null {
  try {
    const [error = thrown] = thrown instanceof AggregateError ? (thrown.errors as unknown[]) : []
    const { position, message, stack } = Object(error) as { position?: unknown; message?: unknown; stack?: unknown }
    return ofPosition(position, texts) ?? ofStack(String(stack), texts) ?? ofImport(String(message), texts)
  } catch {
    return null
  }
}

/** Of an error of parsing. */
function ofPosition(position: unknown, texts: Record<string, string>): Place | null {
  const { file, line, column } = Object(position) as Record<string, unknown>
  return typeof file === 'string' && file in texts && typeof line === 'number'
    ? { file, line, column: Number(column) }
    : null
}

function ofStack(stack: string, texts: Record<string, string>): Place | null {
  for (const frame of stack.split('\n')) {
    const [where, line, column] = /:(\d+):(\d+)\)?$/.exec(frame) ?? []
    if (where === undefined) continue
    const path = frame.slice(0, -where.length)
    const file = Object.keys(texts).find((one) => path.endsWith(` ${one}`) || path.endsWith(`(${one}`))
    if (file !== undefined) return { file, line: Number(line), column: Number(column) }
  }
  return null
}

/** Of an import of a file, or of a name in it, that is not there: the engine does not say where it is written. */
function ofImport(message: string, texts: Record<string, string>): Place | null {
  const [, specifier, importer] = /^Cannot find (?:module|package) '(.+)' imported from '?(.+?)'?$/.exec(message) ?? []
  const [, name, exporter] = /^Export named '(.+)' not found in module '(.+)'\.$/.exec(message) ?? []
  const wanted = specifier ?? name
  if (wanted === undefined) return null
  for (const [file, text] of Object.entries(texts)) {
    if (file === exporter || (importer !== undefined && file !== importer)) continue
    const at = text.indexOf(wanted)
    if (at < 0) continue
    const before = text.slice(0, at).split('\n')
    return { file, line: before.length, column: before.at(-1)!.length + 1 }
  }
  return null
}
