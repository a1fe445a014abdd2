/** How long reads take beside other work on the API: a steady pace of GET /me, alone and then while the work goes on. */
import type { Figure } from './main.ts'

const READS_PER_S = 100
const QUIET_S = 10

/** `work` says in the end what it was. */
export async function readsBeside(
  url: string,
  token: string,
  kind: string,
  work: () => Promise<string>,
): Promise<Figure[]> {
  const read = () => timed(`${url}/me`, { authorization: `Bearer ${token}` })
  await paced(read, Bun.sleep(2000))
  const quiet = percentile(await paced(read, Bun.sleep(QUIET_S * 1000)), 0.99)
  const done = work()
  const waits = await paced(read, done)
  const busy = percentile(waits, 0.99)
  const alone = `GET /me, ${READS_PER_S} a second`
  const beside = `the same while ${await done}`
  return [
    row('read p99', quiet, '-', alone),
    row(`read p99, ${kind}`, busy, '-', beside),
    row('read p99, longer by', busy - quiet, '<= 50', beside),
    row('read, longest', Math.max(...waits), '-', beside),
  ]
}

/** Gives `task` to the module at `url` in a thread of its own: making bodies must not delay the reads. */
export async function inThread<Task, Result>(url: string, task: Task): Promise<Result> {
  const thread = new Worker(url)
  try {
    return await new Promise<Result>((resolve, reject) => {
      thread.onmessage = ({ data }: MessageEvent<Result>) => resolve(data)
      thread.onerror = ({ message }) => reject(new Error(message))
      thread.postMessage(task)
    })
  } finally {
    thread.terminate()
  }
}

/** The other side of inThread. */
export function answerInThread<Task, Result>(work: (task: Task) => Promise<Result>): void {
  if (Bun.isMainThread) return
  addEventListener('message', (event) => {
    void work((event as MessageEvent<Task>).data).then((result) => postMessage(result))
  })
}

async function timed(url: string, headers: Record<string, string>): Promise<number> {
  const started = performance.now()
  const answer = await fetch(url, { headers })
  await answer.arrayBuffer()
  if (answer.status !== 200) throw new Error(`${answer.status} instead of 200`)
  return performance.now() - started
}

/** Asks at a steady pace until `end`, whether or not the answers keep up. */
async function paced(ask: () => Promise<number>, end: Promise<unknown>): Promise<number[]> {
  let ended = false
  void end.finally(() => (ended = true))
  const asked: Promise<number>[] = []
  for (const started = performance.now(); !ended; await Bun.sleep(1))
    while (asked.length < ((performance.now() - started) / 1000) * READS_PER_S) asked.push(ask())
  return Promise.all(asked)
}

const percentile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!

const row = (figure: string, value: number, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value * 10) / 10,
  unit: 'ms',
  target,
  work,
})
