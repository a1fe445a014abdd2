import { job } from '../../../../jobs/job.ts'
import { behave } from '../bad-behaviour.ts'

export default job({ name: 'bad', schedule: '0 0 29 2 *', overlap: 'allow', isolate: true, timeout_s: 20, run: behave })
