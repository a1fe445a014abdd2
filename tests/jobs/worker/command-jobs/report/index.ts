/** A Python script beside the job's file. */
import { Type } from '@sinclair/typebox'
import { command, job } from '../../../../../jobs/job.ts'

export default job({
  name: 'report',
  schedule: '0 0 29 2 *',
  conf: Type.Object({ day: Type.String({ default: 'hoje' }) }),
  run: command('python3', ['report.py', 'two words'], { env: { SALES_DB: 'sales' } }),
})
