/** --conf JSON: what the runs that a command queues are handed. */
import { wrongUsage } from '../../lib/command-line.ts'
import { AppError } from '../../lib/errors.ts'
import { textIn } from '../../lib/texts.ts'
import { USAGE } from './usage.ts'

/** Exits 2 when it is no JSON object. */
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

/** For a conf that the job's schema refuses: says where, and is null. Throws anything else again. */
export function sayMisfit(thrown: unknown): null {
  if (!(thrown instanceof AppError) || thrown.code !== 'conf_invalid') throw thrown
  const lines = thrown.errors!.map(({ path, message }) => `  ${path}  ${textIn(message, 'en')}`)
  process.stderr.write(`${['--conf is not what the job expects:', ...lines].join('\n')}\n`)
  return null
}
