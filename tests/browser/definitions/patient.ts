/** A job that runs until it is cancelled, one run at a time. */
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'patient',
  schedule: '@daily',
  overlap: 'queue',
  pool: 'desk',
  calendar: 'BR-SP',
  timezone: 'America/Sao_Paulo',
  run: ({ signal, log }) => {
    log.info('waiting')
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  },
})
