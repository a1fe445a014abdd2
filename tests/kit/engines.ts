/**
 * Suites that also run on the real engines. `bun run test:engines` sets the variables that name them; without them a
 * suite says that it was skipped and how to run it.
 */
import { describe, test } from 'bun:test'

export type EngineVariable =
  'DATABASE_URL' | 'CACHE_URL' | 'STREAM_URL' | 'QUEUE_URL' | 'HISTORY_URL' | 'JOURNAL_URL' | 'OBJECTS_URL'

/** Calls `suite` with the engine's URL, or leaves one skipped test that says why. */
export function onEngine(engine: string, variable: EngineVariable, suite: (url: string) => void): void {
  const url = process.env[variable]
  if (url) return suite(url)
  describe(engine, () => {
    const reason = `${variable} is not set; bun run test:engines runs this on ${engine}`
    console.log(`skipped: ${reason}`)
    test.skip(reason, () => {})
  })
}
