/** --conf JSON: the conf of the runs that a command queues. */
import { wrongUsage } from '../../lib/command-line.ts'
import { AppError } from '../../lib/errors.ts'
import { textIn } from '../../lib/texts.ts'
import { USAGE } from './command.ts'

/** Exits 2 when it is not a JSON object. */
export function readConf(text: string): Record<string, unknown> {
  let conf: unknown
  try {
    conf = JSON.parse(text)
  } catch (thrown) {
    return wrongUsage(`--conf is not JSON: ${(thrown as Error).message}.`, USAGE)
  }
  if (typeof conf === 'object' && conf !== null && !Array.isArray(conf)) return conf as Record<string, unknown>
  return wrongUsage('--conf must be a JSON object, such as \'{"name": "Ana"}\'.', USAGE)
}

/** Prints the errors of a conf that the job's schema refuses, and returns null. Rethrows anything else. */
export function printMisfit(thrown: unknown): null {
  if (!(thrown instanceof AppError) || thrown.code !== 'conf_invalid') throw thrown
  const lines = thrown.errors!.map(({ path, message }) => `  ${path}  ${textIn(message, 'en')}`)
  process.stderr.write(`${['--conf is not what the job expects:', ...lines].join('\n')}\n`)
  return null
}
