/** In the worker's own process: a step that asks the database. */
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'here',
  schedule: '0 0 29 2 *',
  run: ({ step, roles }) => step('ask the database', async () => [...(await roles.sql`select 7 as seven`)]),
})
