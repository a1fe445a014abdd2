/** Shared by every command line: a table for a person, JSON with `--json`, exit code 2 for wrong usage. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { EXIT } from './program.ts'

/**
 * Parses `words` strictly; on wrong usage prints the problem and `usage` on stderr and exits 2. Asked for help, it prints
 * `usage` and exits 0.
 */
export function parseWords<T extends ParseArgsOptionsConfig>(words: string[], options: T, usage: string) {
  if (asksForHelp(words)) showHelp(usage)
  try {
    return parseArgs({ args: words, options, allowPositionals: true, strict: true })
  } catch (thrown) {
    // After its first sentence it explains a rule of option parsers.
    return wrongUsage((thrown as Error).message.replace(/\. To specify a positional argument .*/s, '.'), usage)
  }
}

/** Of a program that takes no words; one that came with some was meant to do something else. */
export function refuseWords(words: string[], usage: string): void {
  if (parseWords(words, {}, usage).positionals.length > 0) wrongUsage('It takes no words.', usage)
}

export const asksForHelp = (words: string[]) => words.some((word) => word === '--help' || word === '-h')

export function showHelp(usage: string): never {
  process.stdout.write(`${usage}\n`)
  process.exit(EXIT.done)
}

export function wrongUsage(problem: string, usage: string): never {
  process.stderr.write(`${problem}\n${usage}\n`)
  process.exit(EXIT.usage)
}

/** One row per line, columns aligned; the keys of the first row are the headings. */
export function formatTable(rows: readonly object[]): string {
  if (rows.length === 0) return '(none)'
  const headings = Object.keys(rows[0]!)
  const cells = [
    headings,
    ...rows.map((row) => headings.map((heading) => cell((row as Record<string, unknown>)[heading]))),
  ]
  const widths = headings.map((_, i) => Math.max(...cells.map((line) => Bun.stringWidth(line[i]!))))
  const pad = (text: string, width: number) => text + ' '.repeat(width - Bun.stringWidth(text))
  return cells
    .map((line) =>
      line
        .map((text, i) => pad(text, widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Prints rows as a table, or as JSON. */
export function printRows(rows: readonly object[], json: boolean): void {
  process.stdout.write(`${json ? JSON.stringify(rows, null, 2) : formatTable(rows)}\n`)
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (value instanceof Date) return value.toISOString()
  // An error or a log of somebody else's may hold line breaks, which would break the table, and orders to the terminal.
  return typeof value === 'object' ? JSON.stringify(value) : String(value).replaceAll(/\p{Cc}+/gu, ' ')
}
