/** A job that runs after several. */
import { job } from '../../../jobs/job.ts'

export default job({ name: 'publish', after: ['clean', 'enrich'], run: () => null })
