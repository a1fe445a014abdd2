/** What watches over other machines, and the alerts that come of it. */
import { until, type ApiClient } from './client.ts'
import type { Scene } from './scene.ts'

interface Alert {
  id: string
  rule: string
  subject: string
  acknowledged_at: string | null
}

interface Silence {
  id: string
  subject: string | null
}

const PRINTER = 'demo_label_printer'
/** Those that are waited for. */
const EXPECTED = [
  ['JOB_FAILED', 'demo_supplier_prices'],
  ['MONITOR_DOWN', 'demo_erp_database'],
  ['MONITOR_DOWN', PRINTER],
  ['PING_FAILED', 'demo_till_upload'],
] as const

/** Before its monitor is there, so that the alert is never told. */
export async function silencePrinter({ api, now, say }: Scene): Promise<void> {
  const { items } = await api.json('GET', '/silences?active=true')
  if ((items as Silence[]).some(({ subject }) => subject === PRINTER)) return
  await api.json('POST', '/silences', {
    rule: 'MONITOR_DOWN',
    subject: PRINTER,
    ends_at: new Date(now.getTime() + 2 * 86_400_000).toISOString(),
    reason: say({ en: 'The printer is being replaced.', pt: 'A impressora está sendo trocada.' }),
  })
}

/** Two nights that went well, an upload that failed; the third one waits for its first ping. */
export async function pingMonitors({ api, url, say }: Scene): Promise<void> {
  const ping = async (name: string, signal: '' | '/start' | '/fail', log = '') => {
    const { ping_path } = await api.json('GET', `/monitors/${name}`)
    const answer = await fetch(`${url}${String(ping_path)}${signal}`, { method: 'POST', body: log })
    if (!answer.ok) throw new Error(`POST /ping/… of ${name}: ${answer.status}`)
  }
  const isNew = async (name: string) =>
    ((await api.json('GET', `/monitors/${name}`)).events as Array<{ kind: string }>).every(
      ({ kind }) => !['success', 'start', 'fail'].includes(kind),
    )
  if (await isNew('demo_nightly_copy'))
    for (const copied of ['12.4', '12.6']) {
      await ping('demo_nightly_copy', '/start')
      await ping('demo_nightly_copy', '', say({ en: `${copied} GB copied`, pt: `${copied} GB copiados` }))
    }
  if (await isNew('demo_till_upload'))
    await ping(
      'demo_till_upload',
      '/fail',
      say({ en: 'till-03: No space left on device', pt: 'caixa-03: não há espaço no disco' }),
    )
}

/** Waits for the alerts; one of them somebody is at work on. */
export async function acknowledge({ api, say, tell }: Scene, operator: ApiClient): Promise<void> {
  const firing = await until('the alerts', async () => {
    const alerts = await api.all<Alert>('/alerts?state=firing')
    const isThere = ([rule, subject]: readonly [string, string]) =>
      alerts.some((alert) => alert.rule === rule && alert.subject === subject)
    return EXPECTED.every(isThere) ? alerts : null
  })
  const prices = firing.find(({ subject }) => subject === 'demo_supplier_prices')!
  if (prices.acknowledged_at === null) {
    const note = {
      en: 'I have called them: their server is back tomorrow at noon.',
      pt: 'Já liguei: o servidor deles volta amanhã ao meio-dia.',
    }
    await operator.json('POST', `/alerts/${prices.id}/ack`, { note: say(note) })
  }
  tell(
    { en: 'alerts', pt: 'alertas' },
    { en: `${firing.length} open, one of them acknowledged`, pt: `${firing.length} abertos, um deles reconhecido` },
  )
}

export async function endSilences({ api }: Scene): Promise<void> {
  const { items } = await api.json('GET', '/silences?active=true')
  for (const { id, subject } of items as Silence[]) if (subject === PRINTER) await api.json('DELETE', `/silences/${id}`)
}
