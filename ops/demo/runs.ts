/** Runs of every outcome, made now: those of past days are a backfill, as a person would start one. */
import { until } from './client.ts'
import type { Scene } from './scene.ts'

const DAY_MS = 86_400_000

interface Run {
  id: string
  job: string
  state: string
}

interface Job {
  name: string
  paused_at: string | null
  gone_at: string | null
  queued: number
  running: number
  recent_runs: Run[]
}

export const OWN_JOBS = [
  'demo_daily_sales',
  'demo_inventory_count',
  'demo_invoice_export',
  'demo_newsletter',
  'demo_people',
  'demo_reorder_list',
  'demo_stock_sync',
  'demo_supplier_prices',
]
const BUILT_IN = ['process_data', 'backup']

export const listJobs = ({ api }: Scene) => api.all<Job>('/jobs')

export async function makeRuns(scene: Scene): Promise<void> {
  const { api, url, now, say, tell } = scene
  const before = new Map((await listJobs(scene)).map((job) => [job.name, job]))
  const isNew = (name: string) => before.get(name)?.recent_runs.length === 0
  const trigger = async (name: string, conf: Record<string, unknown> = {}) =>
    String((await api.json('POST', `/jobs/${name}/trigger`, { conf })).run_id)
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString()
  const backfill = (name: string, from: string, to: string, conf: Record<string, unknown> = {}) =>
    api.json('POST', `/jobs/${name}/backfill`, { from, to, conf })

  const ended = (id: string) =>
    until(`the run ${id} to end`, async () => {
      const { state } = await api.json('GET', `/runs/${id}`)
      return state !== 'queued' && state !== 'running'
    })

  if (isNew('demo_supplier_prices')) await trigger('demo_supplier_prices')
  if (isNew('demo_invoice_export')) await trigger('demo_invoice_export', { copies: 2 })
  if (isNew('demo_daily_sales')) {
    // Ends first, so that the good days after it resolve the alert.
    const { slots } = await backfill('demo_daily_sales', daysAgo(10), daysAgo(8), { missing_shop: 'Recife' })
    for (const { run_id } of slots as Array<{ run_id: string }>) await ended(run_id)
    await backfill('demo_daily_sales', daysAgo(35), now.toISOString())
  }
  // They stay when the job is removed.
  const people = async () => ((await api.json('GET', '/people?q=demo.example&limit=1')).items as unknown[]).length > 0
  if (!(await people())) {
    await trigger('demo_people')
    await until('the people to arrive', people)
  }
  if (isNew('demo_stock_sync')) await backfill('demo_stock_sync', daysAgo(0.5), now.toISOString())
  // A report of each day, as the job would have made it.
  if (isNew('process_data')) await backfill('process_data', daysAgo(3), now.toISOString())
  if (isNew('backup')) await trigger('backup')
  if (isNew('hello')) await trigger('hello', { name: 'Ana' })

  const newsletter = before.get('demo_newsletter')
  if (newsletter && newsletter.paused_at === null) {
    const reason = {
      en: 'The mail provider migrates until Friday.',
      pt: 'O provedor de e-mail faz uma migração até sexta-feira.',
    }
    await api.json('POST', '/jobs/demo_newsletter/pause', { reason: say(reason) })
  }

  const count = before.get('demo_inventory_count')!
  if (count.recent_runs.length === 0) {
    const id = await trigger('demo_inventory_count')
    await until('the count to start', async () => (await api.json('GET', `/runs/${id}`)).state === 'running')
    await api.json('POST', `/runs/${id}/cancel`, {})
    await ended(id)
  }
  const live = count.running + count.queued > 0 ? count.recent_runs[0]!.id : await trigger('demo_inventory_count')
  const path = `${url}/runs/${live}`
  tell({ en: 'a run to be watched', pt: 'uma execução ao vivo' }, { en: path, pt: path })
}

/** All but the one that is to be watched; then the backup that was made is tried. */
export async function awaitRuns(scene: Scene): Promise<void> {
  const { api, tell } = scene
  const jobs = [...OWN_JOBS, ...BUILT_IN]
  const waiting = await until('the runs to end', async () => {
    const open = (await listJobs(scene)).filter(
      ({ name, queued, running }) => jobs.includes(name) && name !== 'demo_inventory_count' && queued + running > 0,
    )
    return open.length === 0
  })
  const drill = (await listJobs(scene)).find(({ name }) => name === 'backup_drill')
  if (waiting && drill?.recent_runs.length === 0) await api.json('POST', '/jobs/backup_drill/trigger', { conf: {} })
  const { items } = await api.json('GET', '/runs?limit=100')
  const count = (items as Run[]).length
  tell({ en: 'runs', pt: 'execuções' }, { en: `${count} or more`, pt: `${count} ou mais` })
}

/** Waits until no replica has their files any more, and forgets them. */
export async function forgetJobs(scene: Scene): Promise<number> {
  const { api } = scene
  const ours = (jobs: Job[]) => jobs.filter(({ name }) => OWN_JOBS.includes(name))
  for (const { id } of (await api.all<Run>('/jobs/demo_inventory_count/runs').catch(() => [])).filter(
    ({ state }) => state === 'queued' || state === 'running',
  ))
    await api.json('POST', `/runs/${id}/cancel`, {})
  const gone = await until('the jobs to be gone', async () => {
    const left = ours(await listJobs(scene))
    return left.every((job) => job.gone_at !== null && job.queued + job.running === 0) ? left : null
  })
  for (const { name } of gone) await api.json('DELETE', `/jobs/${name}`)
  return gone.length
}
