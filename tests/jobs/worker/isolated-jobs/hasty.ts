/** The same with a short timeout. */
import { job } from '../../../../jobs/job.ts'
import stubborn from './stubborn.ts'

export default job({
  name: 'hasty',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  timeout_s: 3,
  run: stubborn.run,
})
