import { job } from '../../../jobs/job.ts'

export default job({
  name: 'fails',
  schedule: '0 0 1 1 *',
  run() {
    throw new Error('as always')
  },
})
