/** How a program ends: wait for SIGTERM or SIGINT, then close what was opened, newest first, within a deadline. */
import type { Log } from './log.ts'

/**
 * Resolves at the first SIGTERM or SIGINT, or when the `bun run up` that started this program has ended. A second signal ends
 * the process at once.
 */
export function stopSignal(): Promise<NodeJS.Signals | 'disconnect'> {
  return new Promise((resolve) => {
    let stopping = false
    process.on('disconnect', () => resolve('disconnect'))
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => {
        if (stopping) process.exit(1)
        stopping = true
        resolve(name)
      })
    }
  })
}

/**
 * Runs the named closers in order and exits: 0 when all finished within `deadline_s`, else 1.
 * A closer that throws is logged and does not keep the next from running.
 */
export async function stopAll(
  log: Log,
  deadline_s: number,
  closers: Array<[name: string, close: () => Promise<unknown>]>,
): Promise<never> {
  const timer = setTimeout(() => {
    log.error(`not stopped within ${deadline_s} s; ending anyway`)
    process.exit(1)
  }, deadline_s * 1000)
  let code = 0
  for (const [name, close] of closers) {
    try {
      await close()
    } catch (err) {
      code = 1
      log.error({ err }, `closing ${name} failed`)
    }
  }
  clearTimeout(timer)
  log.info('stopped')
  process.exit(code)
}
