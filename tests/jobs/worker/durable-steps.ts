/**
 * A job in three steps that says where it is by files in `conf.folder` and, where a test wants it held
 * (`conf.hold`: place and attempt), waits there for ever. What was done is a row of `effects`, or a line of the file `calls`.
 */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JobContext } from '../../../jobs/job.ts'

export async function durableSteps({ conf, attempt, run_id, step, roles }: JobContext): Promise<unknown> {
  const folder = String(conf.folder)
  async function reach(place: string): Promise<void> {
    writeFileSync(join(folder, `${place} ${attempt}`), String(process.pid))
    if ((conf.hold as string[]).includes(`${place} ${attempt}`)) await new Promise(() => {})
  }
  const called = (name: string, key: string) => appendFileSync(join(folder, 'calls'), `${name} ${attempt} ${key}\n`)

  const first = await step('first', async ({ idempotency_key }) => {
    called('first', idempotency_key)
    await reach('in first')
    return { by: attempt }
  })
  await reach('after first')
  const second = await step.tx('second', async (sql, { idempotency_key }) => {
    called('second', idempotency_key)
    await sql`insert into effects (run_id, attempt) values (${run_id}, ${attempt})`
    await reach('in second')
    return { by: attempt }
  })
  await reach('after second')
  const third = await step('third', ({ idempotency_key }) => {
    called('third', idempotency_key)
    return { by: attempt }
  })
  await reach('after third')
  const each = await step.map(
    'each',
    [0, 1, 2],
    async (n, { idempotency_key }) => {
      called(`each${n}`, idempotency_key)
      if (n === 1) await reach('in each')
      return attempt
    },
    { limit: 1 },
  )
  const [{ seen }] = await roles.sql<
    [{ seen: number }]
  >`select count(*)::int as seen from effects where run_id = ${run_id}`
  return { first, second, third, each, seen }
}
