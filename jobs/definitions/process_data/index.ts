/** Every night: reads the catalogue through the API, and makes a report of its stock in JSON, CSV and a chart. */
import { job } from '../../job.ts'

export default job({
  name: 'process_data',
  schedule: '0 2 * * *',
  timezone: 'America/Sao_Paulo',
  retries: 3,
  backoff: { first_s: 10, max_s: 600 },
  timeout_s: 900,
  // Vega and the rasteriser would stay in the worker's memory, and block its loop while they draw.
  isolate: true,
  async run(context) {
    // Imported here: a replica that waits for two o'clock needs none of it in memory.
    const { makeReport } = await import('./make-report.ts')
    return makeReport(context)
  },
})
