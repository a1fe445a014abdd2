/** A job that fails as often as it is tried. */
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'stubborn',
  schedule: '@hourly',
  retries: 1,
  backoff: { first_s: 1, max_s: 1 },
  run({ log }) {
    log.error('about to fail')
    throw new Error('<script>document.title = "taken"</script> the warehouse did not answer')
  },
})
