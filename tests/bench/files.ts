/** What the worst files cost everybody else: each is imported and drawn, one after the other. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_LIMITS } from '../../charts/limits.ts'
import { createPool } from '../../charts/pool/index.ts'
import { signInAsAdmin, startApi } from '../kit/api-program.ts'
import { HOSTILE_CSV, HOSTILE_WORKBOOKS } from '../kit/hostile-files.ts'
import type { Figure } from './main.ts'
import { answerInThread, inThread, readsBeside } from './reads-beside.ts'

export async function bench(): Promise<Figure[]> {
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const api = await startApi({ DATA_DIR: data_dir, RATE_LIMIT_PER_MIN: '10000000' })
  try {
    const token = await signInAsAdmin(api.url)
    let longest: Longest = { name: '', seconds: 0 }
    const reads = await readsBeside(api.url, token, 'worst files', async () => {
      const imported = await inThread<Task, Imported>(import.meta.url, { url: api.url, token })
      longest = imported.longest
      return `${imported.files} files are imported, one after the other`
    })
    return [...reads, slowest('import, longest', longest), slowest('chart, longest', await drawAll(data_dir))]
  } finally {
    api.kill('SIGTERM')
    await api.exited
    await rm(data_dir, { recursive: true, force: true })
  }
}

interface Task {
  url: string
  token: string
}

interface Longest {
  name: string
  seconds: number
}

interface Imported {
  files: number
  longest: Longest
}

answerInThread(async ({ url, token }: Task): Promise<Imported> => {
  const headers = { authorization: `Bearer ${token}` }
  const taken: Longest[] = []
  for (const [name, make] of Object.entries({ ...HOSTILE_CSV, ...HOSTILE_WORKBOOKS })) {
    const body = make()
    const started = performance.now()
    const answer = await fetch(`${url}/embalagens/import`, { method: 'POST', headers, body })
    await answer.arrayBuffer()
    if (![200, 422].includes(answer.status)) throw new Error(`${name}: ${answer.status}`)
    taken.push({ name, seconds: (performance.now() - started) / 1000 })
  }
  return { files: taken.length, longest: longestOf(taken) }
})

/** As the poller does. */
async function drawAll(folder: string): Promise<Longest> {
  const pool = createPool({ limits: DEFAULT_LIMITS, locale: 'pt-BR' })
  const taken: Longest[] = []
  for (const [files, file] of [
    [HOSTILE_CSV, 'x.csv'],
    [HOSTILE_WORKBOOKS, 'x.xlsx'],
  ] as const)
    for (const [name, make] of Object.entries(files)) {
      const path = join(folder, file)
      await Bun.write(path, make())
      const started = performance.now()
      await pool.draw(path, file).catch(() => {})
      taken.push({ name, seconds: (performance.now() - started) / 1000 })
    }
  pool.close()
  return longestOf(taken)
}

const longestOf = (taken: Longest[]) => taken.reduce((longest, one) => (one.seconds > longest.seconds ? one : longest))

const slowest = (figure: string, { name, seconds }: Longest): Figure => ({
  figure,
  value: Math.round(seconds * 10) / 10,
  unit: 's',
  target: '<= 10',
  work: name,
})
