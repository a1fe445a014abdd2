/** A job that others run after. */
import { job } from '../../../jobs/job.ts'

export default job({ name: 'extract', schedule: '*/15 * * * *', run: () => null })
