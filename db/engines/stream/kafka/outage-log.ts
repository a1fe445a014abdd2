/**
 * One line when Kafka stops answering and one when it answers again, whoever noticed. kafkajs tells every failed step of
 * every connection; those lines go to the log at debug only.
 */
import { logLevel, type logCreator } from 'kafkajs'
import { messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'

export interface OutageLog {
  failed(reason: unknown): void
  answered(): void
  /** Says nothing: somebody else has told it. */
  knownAway(away: boolean): void
  /** For kafkajs; `onLine` is told each line of its own. */
  logCreator(onLine?: (message: string, facts: Record<string, unknown>) => void): logCreator
}

export function createOutageLog(log: Log, engine: string): OutageLog {
  let failing = false

  function failed(reason: unknown): void {
    if (failing) return
    failing = true
    const err = reason instanceof Error ? reason : new Error(messageOf(reason))
    log.warn({ err }, `${engine} does not do what it is asked; trying again until it does: ${messageOf(reason)}`)
  }

  return {
    failed,
    answered() {
      if (failing) log.info(`${engine} answers again`)
      failing = false
    },
    knownAway: (away) => void (failing = away),
    logCreator: (onLine) => () => (entry) => {
      const { message, timestamp: _, logger: __, ...facts } = entry.log
      log.debug({ ...facts, namespace: entry.namespace }, `kafkajs: ${message}`)
      if (entry.level === logLevel.ERROR && /^Connection (error|timeout)/.test(message)) failed(message)
      onLine?.(message, facts)
    },
  }
}
