/** Starts children, waits for its signal, and says what it heard. */
import { job } from '../../../../jobs/job.ts'
import { spawnChildren } from '../bad-behaviour.ts'

export default job({
  name: 'obedient',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  timeout_s: 600,
  async run({ conf, log, signal }) {
    spawnChildren(conf.file)
    log.info('waits')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    log.info(`heard: ${(signal.reason as Error).message}`)
  },
})
