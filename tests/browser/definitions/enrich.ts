/** A job that runs after one other. */
import { job } from '../../../jobs/job.ts'

export default job({ name: 'enrich', after: 'extract', run: () => null })
