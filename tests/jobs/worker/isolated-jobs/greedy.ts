/** Takes more memory than it may, by itself or through a process that it starts; or less. */
import { spawn } from 'node:child_process'
import { job } from '../../../../jobs/job.ts'

export default job({
  name: 'greedy',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  memory_mb: 300,
  async run({ conf }) {
    if (conf['how'] === 'modest') return 'enough'
    // tail keeps a line until its end.
    if (conf['how'] === 'child') spawn('sh', ['-c', 'head -c 600000000 /dev/zero | tail -n 1'], { stdio: 'ignore' })
    const kept = conf['how'] === 'itself' ? Buffer.alloc(600_000_000, 1) : null
    await new Promise(() => {})
    return kept
  },
})
