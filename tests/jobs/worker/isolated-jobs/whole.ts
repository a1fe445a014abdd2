/** Uses everything that a run is handed. */
import { Type } from '@sinclair/typebox'
import { job } from '../../../../jobs/job.ts'

export default job({
  name: 'whole',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  retries: 1,
  backoff: { first_s: 0, max_s: 0 },
  conf: Type.Object({ days: Type.Integer({ default: 7 }) }),
  async run({ run_id, attempt, slot, conf, step, log, roles }) {
    log.info('logged', { n: 1 })
    console.log('printed')
    console.error('printed as an error')
    const done = await step('plain', ({ idempotency_key }) => ({ attempt, idempotency_key }))
    const [row] = await step.tx('tx', (sql) => sql<{ two: number }[]>`select 2 as two`)
    if (attempt === 1) throw new Error('once')
    await roles.objects.put(`whole/${run_id}`, 'kept')
    const keys: string[] = []
    for await (const { key } of roles.objects.list('whole/')) keys.push(key)
    const [found] = await roles.sql<{ attempt: number }[]>`select attempt from runs where id = ${run_id}`
    return { attempt, slot, conf, done, two: row!.two, keys, found: found!.attempt, locale: roles.locale }
  },
})
