/** Waits until a file named after its attempt appears in the folder `conf.folder`; tests hold it where they want it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'held',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  async run({ conf, attempt, log }) {
    log.info(`attempt ${attempt} holds`)
    while (!existsSync(join(String(conf.folder), String(attempt)))) await Bun.sleep(10)
    return `attempt ${attempt}`
  },
})
