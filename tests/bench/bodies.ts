/** What the worst bodies within their limits cost everybody else: each on every route, posted one after the other. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signInAsAdmin, startApi } from '../kit/api-program.ts'
import { routesWithBodies } from '../kit/worst-bodies.ts'
import type { Figure } from './main.ts'
import { answerInThread, inThread, readsBeside } from './reads-beside.ts'

export async function bench(): Promise<Figure[]> {
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const api = await startApi({ DATA_DIR: data_dir, ...NO_RATE_LIMITS })
  try {
    const token = await signInAsAdmin(api.url)
    return await readsBeside(api.url, token, 'worst bodies', async () => {
      const posted = await inThread<Task, number>(import.meta.url, { url: api.url, token })
      return `${posted} bodies are posted, one after the other`
    })
  } finally {
    api.kill('SIGTERM')
    await api.exited
    await rm(data_dir, { recursive: true, force: true })
  }
}

/** Not what is measured: it would refuse most bodies before they are read. */
const NO_RATE_LIMITS = {
  RATE_LIMIT_PER_MIN: '10000000',
  RATE_LIMIT_SIGN_IN_PER_MIN: '10000000',
  RATE_LIMIT_REFRESH_PER_MIN: '10000000',
}

interface Task {
  url: string
  token: string
}

answerInThread(async ({ url, token }: Task): Promise<number> => {
  const document = (await (await fetch(`${url}/docs/json`)).json()) as object
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  let posted = 0
  for (const { method, path, bodies } of routesWithBodies(document))
    for (const body of Object.values(bodies())) {
      const target = path.replace('{id}', crypto.randomUUID()).replace('{name}', 'nowhere')
      await (await fetch(url + target, { method, headers, body })).arrayBuffer()
      posted++
    }
  return posted
})
