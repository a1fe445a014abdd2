/** Computes for conf.block_ms without ever waiting. */
import { job } from '../../../../jobs/job.ts'

export default job({
  name: 'blocks',
  schedule: '0 0 29 2 *',
  timeout_s: 10,
  run({ conf }) {
    const until = performance.now() + Number(conf.block_ms)
    while (performance.now() < until);
    return 'after all'
  },
})
