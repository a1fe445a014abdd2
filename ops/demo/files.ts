/** Workbooks that people dropped, each of another kind. */
import { until } from './client.ts'
import type { Scene } from './scene.ts'
import { demoFiles, UNDRAWABLE } from './workbooks.ts'

interface Chart {
  id: string
  source_key: string
  state: string
  error: string | null
}

const LIST = '/charts?q=demo-&current=true'
const isOurs = ({ source_key }: Chart) => source_key.startsWith('uploads/demo-')

export async function uploadFiles({ api, now }: Scene): Promise<void> {
  const there = new Set((await api.all<Chart>(LIST)).map(({ source_key }) => source_key))
  for (const { name, bytes } of await demoFiles(now)) {
    if (there.has(`uploads/${name}`)) continue
    const form = new FormData()
    form.append('file', new Blob([bytes as string]), name)
    await api.send('POST', '/charts', form)
  }
}

export async function awaitCharts({ api, tell }: Scene): Promise<void> {
  const charts = await until('the charts to be drawn', async () => {
    const ours = (await api.all<Chart>(LIST)).filter(isOurs)
    return ours.length > 0 && ours.every(({ state }) => state === 'drawn' || state === 'failed') ? ours : null
  })
  const wrong = charts.find(({ state, source_key }) => (state === 'failed') !== source_key.endsWith(UNDRAWABLE))
  if (wrong) throw new Error(`${wrong.source_key} is ${wrong.state}: ${String(wrong.error)}`)
  const drawn = charts.length - 1
  tell(
    { en: 'charts', pt: 'gráficos' },
    { en: `${drawn} drawn, one that cannot be`, pt: `${drawn} desenhados, um que não pode ser` },
  )
}

export async function deleteFiles({ api }: Scene): Promise<number> {
  const ours = (await api.all<Chart>(LIST)).filter(isOurs)
  for (const { id } of ours) await api.json('DELETE', `/charts/${id}`)
  return ours.length
}
