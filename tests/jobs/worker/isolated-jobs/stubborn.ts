/** Starts children, says who lives in the file `conf.file`, and then keeps its processor busy for ever. */
import { job } from '../../../../jobs/job.ts'
import { spawnChildren } from '../bad-behaviour.ts'

export default job({
  name: 'stubborn',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  timeout_s: 600,
  run({ conf, log }) {
    spawnChildren(conf.file)
    log.info('about to block')
    while (true);
  },
})
