/** Returns, and leaves children and a timer behind. */
import { job } from '../../../jobs/job.ts'
import { spawnChildren } from '../bad-behaviour.ts'

export default job({
  name: 'leaver',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  run({ conf }) {
    spawnChildren(conf.file)
    setInterval(() => {}, 1000)
    return 'left'
  },
})
