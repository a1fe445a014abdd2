/** Commands of a command line in the test's own process: one of its own takes a quarter of a second each time. */
import { spyOn } from 'bun:test'
import { messageOf } from '../../lib/errors.ts'
import { EXIT } from '../../lib/program.ts'

class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`)
  }
}

/** What a program whose main is `run` would print, on stdout and stderr, and its exit code. One at a time. */
export async function runHere(run: () => Promise<number | void>): Promise<{ code: number; output: string }> {
  let output = ''
  const print = (text: unknown) => ((output += String(text)), true)
  const spies = [
    spyOn(process.stdout, 'write').mockImplementation(print),
    spyOn(process.stderr, 'write').mockImplementation(print),
    spyOn(process, 'exit').mockImplementation((code) => {
      throw new Exit(Number(code))
    }),
  ]
  try {
    return { code: (await run()) ?? EXIT.done, output }
  } catch (thrown) {
    if (thrown instanceof Exit) return { code: thrown.code, output }
    return { code: EXIT.failed, output: `${output}${messageOf(thrown)}\n` }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
