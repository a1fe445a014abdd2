/**
 * File descriptors of pipes for what a program prints. Bun's own are sockets, which `> /dev/stderr` and `tee /dev/stdout` in a script cannot open.
 */
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pipe {
  /** For the program; to be closed here once it has it, or the other end never ends. */
  writer: number
  /** At its end when nobody has the writer any more. */
  reader: number
}

export function openPipes(count: number): Pipe[] {
  const folder = mkdtempSync(join(tmpdir(), 'doca-command-'))
  try {
    const paths = Array.from({ length: count }, (_, i) => join(folder, String(i)))
    Bun.spawnSync(['mkfifo', '-m', '600', ...paths])
    return paths.map(openPipe)
  } finally {
    // Whoever has one open keeps it.
    rmSync(folder, { recursive: true })
  }
}

function openPipe(path: string): Pipe {
  // Each end waits for the other to be opened, but for this one.
  const first = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, 'w')
  const reader = openSync(path, 'r')
  closeSync(first)
  return { writer, reader }
}
