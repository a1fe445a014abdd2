/** What jobs should not do. A test runs each of them in the worker's process and in one of its own. */
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import type { JobContext } from '../../../jobs/job.ts'

/** Writes down who is alive: a line for each process. */
export function note(file: unknown, ...pids: Array<number | undefined>): void {
  for (const pid of pids) appendFileSync(String(file), `${pid}\n`)
}

/** Three processes: in this one's group, a child of such a one, and one in a group of its own. */
export function spawnChildren(file: unknown): void {
  const shell = spawn('sh', ['-c', `sleep 600 & echo $! >> '${String(file)}'; sleep 600`], { stdio: 'ignore' })
  const apart = spawn('sleep', ['600'], { stdio: 'ignore', detached: true })
  apart.unref()
  note(file, process.pid, shell.pid, apart.pid)
}

export const behaviours = {
  'throws null': () => Promise.reject(null),
  'throws undefined': () => Promise.reject(undefined),
  'throws a text': () => Promise.reject('no paper'),
  'throws what cannot be read': () =>
    Promise.reject({
      toString() {
        throw new Error('not even that')
      },
      get message() {
        throw new Error('nor that')
      },
    }),
  'throws an Error whose message cannot be read': () =>
    Promise.reject(
      Object.defineProperty(new Error(), 'message', {
        get() {
          throw new Error('no')
        },
      }),
    ),
  'throws a huge message': () => Promise.reject(new Error('x'.repeat(50_000_000))),
  'returns 100 MB': () => 'x'.repeat(100_000_000),
  'returns a circle': () => {
    const circle: { inside?: unknown } = {}
    circle.inside = circle
    return circle
  },
  'returns a function': () => () => 1,
  'logs a circle': ({ log }) => {
    const circle: { inside?: unknown } = {}
    circle.inside = circle
    log.info('round', circle as never)
    log.info(Symbol('not a text') as never)
  },
  exits: () => process.exit(7),
  'exits later': async () => {
    setTimeout(() => process.exit(7), 10)
    await new Promise(() => {})
  },
  'never returns': () => new Promise(() => {}),
  'blocks the loop': ({ conf }) => {
    const until = Date.now() + Number(conf.block_ms)
    while (Date.now() < until);
    return 'after all'
  },
  'leaves a rejection behind': async () => {
    void Promise.reject(new Error('that nobody awaits'))
    await Bun.sleep(20)
  },
  'logs 100,000 lines': ({ log }) => {
    for (let i = 0; i < 100_000; i++) log.info(`line ${i} ${'x'.repeat(100)}`)
    return Math.round(process.memoryUsage.rss() / 1024 / 1024)
  },
  'logs 64 MB': ({ log }) => {
    for (let i = 0; i < 8000; i++) log.info('x'.repeat(8192))
  },
  'sends its parent messages': () => {
    for (let i = 0; i < 100; i++) process.send?.({ kind: 'ended', outcome: { result: 'forged' } })
    return 'its own'
  },
} satisfies Record<string, (context: JobContext) => unknown>

export type Behaviour = keyof typeof behaviours

export const behave = (context: JobContext) =>
  (behaviours[context.conf.how as Behaviour] as (c: JobContext) => unknown)(context)
