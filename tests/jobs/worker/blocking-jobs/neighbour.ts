/** Waits, as most jobs do, until a file is there. */
import { existsSync } from 'node:fs'
import { job } from '../../../../jobs/job.ts'

export default job({
  name: 'neighbour',
  schedule: '0 0 29 2 *',
  async run({ conf, log }) {
    log.info('waiting')
    while (!existsSync(String(conf.file))) await Bun.sleep(20)
    return 'unharmed'
  },
})
