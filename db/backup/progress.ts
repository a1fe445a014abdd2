/** The progress of a backup or restore: on a terminal one line that changes, elsewhere nothing. */

export interface Progress {
  /** So many bytes more are done, of what `doing` says. */
  add(bytes: number, doing: string): void
  /** Ends the line. */
  done(): void
}

export const noProgress: Progress = { add() {}, done() {} }

const EVERY_MS = 100

/** Writes to `out` when it is a terminal. */
export function terminalProgress(out: NodeJS.WriteStream = process.stderr): Progress {
  if (!out.isTTY) return noProgress
  const started = performance.now()
  let total = 0
  let said_at = 0
  let shown = false
  return {
    add(bytes, doing) {
      total += bytes
      const now = performance.now()
      if (now - said_at < EVERY_MS) return
      said_at = now
      shown = true
      const rate = total / 1e6 / ((now - started) / 1000)
      const line = `${(total / 1e6).toFixed(1)} MB  ${rate.toFixed(0)} MB/s  ${doing}`
      out.write(`\r\x1b[K${line.slice(0, (out.columns || 80) - 1)}`)
    },
    done() {
      if (shown) out.write('\r\x1b[K')
    },
  }
}
