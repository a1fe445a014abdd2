/**
 * `bun tests/kit/keep-server.ts DATA_DIR PID`: holds the tests' server until the process PID is gone. Under
 * `bun test --parallel` Bun ends whatever process a test file started when that file is done, also the server that the
 * other workers still use; so there this process starts it, which none of them started.
 */
import { joinEmbedded } from '../../db/engines/embedded/index.ts'

const LOOK_MS = 200
const [data_dir, pid] = Bun.argv.slice(2)
const server = await joinEmbedded({ data_dir: data_dir! })
while (isAlive(Number(pid))) await Bun.sleep(LOOK_MS)
await server.leave()

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
