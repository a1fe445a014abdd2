/** Returns, and leaves children and a timer behind. */
import { readFile } from 'node:fs/promises'
import { until } from '../../../kit/program.ts'
import { job } from '../../../../jobs/job.ts'
import { spawnChildren } from '../bad-behaviour.ts'

export default job({
  name: 'leaver',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  async run({ conf }) {
    spawnChildren(conf.file)
    // Before they have written themselves down, nobody could tell that they ended.
    await until('all four', async () => (await readFile(String(conf.file), 'utf8')).split('\n').length > 4, 60_000)
    setInterval(() => {}, 1000)
    return 'left'
  },
})
