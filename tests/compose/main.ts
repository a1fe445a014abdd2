/**
 * `bun run test:compose`: compose.yaml, really started. Installs podman where it is missing, builds stand-ins for the
 * images it names, runs stack.ts on it, and leaves no container, volume, network or process behind, whatever happened.
 * What took long to fetch or build stays in a cache folder, so that a second run is quick.
 */
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { lockFile } from '../../db/engines/embedded/lock-file.ts'
import { messageOf } from '../../lib/errors.ts'
import { runProgram } from '../../lib/program.ts'
import { stopSignal } from '../../lib/shutdown.ts'
import { buildImages, fillContext } from './images.ts'
import { installMachine, makeBaseImage, refuseWhereImpossible } from './machine.ts'
import { openPodman, type Podman } from './podman.ts'

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'doca', 'compose')
/** Another run of this on the same machine. */
const TURN_MS = 30 * 60_000

await runProgram(async () => {
  refuseWhereImpossible()
  await mkdir(CACHE, { recursive: true })
  const turn = await lockFile(join(CACHE, 'turn.lock'), TURN_MS)
  let podman: Podman | undefined
  let tests: Bun.Subprocess | undefined
  const leave = async (code: number): Promise<never> => {
    tests?.kill()
    await tests?.exited
    const left = (await podman?.removeAll()) ?? []
    for (const thing of left) process.stderr.write(`left behind: ${thing}\n`)
    turn.release()
    process.exit(left.length > 0 ? 1 : code)
  }
  void stopSignal().then(() => leave(130))
  try {
    await step('packages', () => installMachine(CACHE))
    podman = await openPodman(CACHE)
    await podman.removeAll()
    await Promise.all([
      step('base image', () => makeBaseImage(CACHE, podman!)),
      step('jars and the S3 server', () => fillContext(CACHE)),
    ])
    await buildImages(CACHE, podman, step)
    // Each test goes on from the one before.
    const words = ['./tests/compose/stack.ts', '--bail', '--timeout', '600000', ...Bun.argv.slice(2)]
    tests = Bun.spawn([process.execPath, 'test', ...words], {
      env: { ...process.env, ...podman.environment },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    await leave(await tests.exited)
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n`)
    await leave(1)
  }
})

/** Does it, and says how long it took. */
async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now()
  await work()
  process.stderr.write(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}
