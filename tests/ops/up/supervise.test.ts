import { expect, setDefaultTimeout, test } from 'bun:test'
import { supervise } from '../../../ops/up/supervise.ts'
import { isRunning, until } from '../../kit/program.ts'

setDefaultTimeout(120_000)

/** A program that says that it lives every 20 ms, and with `blocks` in its environment never again once it has. */
const PROGRAM = `
  process.send({ pid: process.pid })
  const beat = () => process.send({ beat: true })
  beat()
  process.send({ ready: true })
  setInterval(beat, 20)
  if (process.env.blocks) setTimeout(() => { for (;;); }, 100)
`

function start(env: Record<string, string>) {
  const pids: number[] = []
  const restarts: string[] = []
  const program = supervise({
    name: 'jobs',
    command: [process.execPath, '-e', PROGRAM],
    env: { PATH: process.env.PATH, ...env },
    onLine: () => {},
    onMessage: ({ pid }) => pids.push(Number(pid)),
    onRestart: (_, how) => restarts.push(how),
    limits: { stopped_ms: 500, blocked_ms: env.blocks ? 1000 : 60_000 },
  })
  return { program, pids, restarts }
}

test('a program that the system has stopped is killed and started again', async () => {
  const { program, pids, restarts } = start({})
  await program.ready
  process.kill(pids[0]!, 'SIGSTOP')
  await until('the next process', () => pids.length === 2)
  expect(restarts).toEqual(['was frozen, and is killed'])
  expect(isRunning(pids[0]!)).toBe(false)
  expect(isRunning(pids[1]!)).toBe(true)
  await program.stop(1000)
})

test('a program whose event loop no longer turns is killed and started again', async () => {
  const { program, pids, restarts } = start({ blocks: 'yes' })
  await until('the next process', () => pids.length === 2)
  expect(restarts).toEqual(['was frozen, and is killed'])
  await program.stop(1000)
})
