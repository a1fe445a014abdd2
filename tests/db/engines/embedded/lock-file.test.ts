import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { lockFile, tryLockFile } from '../../../../db/engines/embedded/lock-file.ts'
import { cleanUp, emptyDataDir, makeFolder } from '../../../kit/members.ts'

setDefaultTimeout(120_000)

afterAll(cleanUp)

const freshPath = async () => join(await makeFolder(dirname(await emptyDataDir())), 'lock')

test('a second holder has to wait for the first, who is named when it takes too long', async () => {
  const path = await freshPath()
  const first = await lockFile(path, 1000)
  expect(tryLockFile(path)).toBeUndefined()
  expect(await lockFile(path, 20).catch((err) => err)).toMatchObject({
    code: 'lock_timeout',
    message: expect.stringContaining(`process ${process.pid}`),
  })
  const second = lockFile(path, 5000)
  first.release()
  const held = await second
  // Once more does not close what has the descriptor's number by now.
  first.release()
  expect(tryLockFile(path)).toBeUndefined()
  held.release()
})

test('waiting ends when it is called off', async () => {
  const path = await freshPath()
  const held = await lockFile(path, 1000)
  const calledOff = new AbortController()
  const waiting = lockFile(path, 60_000, { signal: calledOff.signal }).catch((err) => err.name)
  calledOff.abort()
  expect(await waiting).toBe('AbortError')
  held.release()
})

test('a child process holds a lock only if it was handed over', async () => {
  const path = await freshPath()
  const held = await lockFile(path, 1000)
  const bystanders = [
    Bun.spawn(['sleep', '60'], { stdin: 'ignore' }),
    spawn('sleep', ['60'], { stdio: 'ignore', detached: true }),
  ]
  held.release()
  // A child has our descriptors for the instant between its fork and its exec.
  const again = await lockFile(path, 5000)

  const heir = Bun.spawn(['sleep', '60'], { stdio: ['ignore', 'ignore', 'ignore', again.fd] })
  again.release()
  expect(tryLockFile(path)).toBeUndefined()
  heir.kill('SIGKILL')
  await heir.exited
  const free = await lockFile(path, 5000)
  free.release()
  for (const child of bystanders) child.kill('SIGKILL')
})
