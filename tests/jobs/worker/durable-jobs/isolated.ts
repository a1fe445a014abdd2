import { job } from '../../../../jobs/job.ts'
import { durableSteps } from '../durable-steps.ts'

export default job({
  name: 'isolated',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  retries: 1,
  backoff: { first_s: 0, max_s: 0 },
  run: durableSteps,
})
