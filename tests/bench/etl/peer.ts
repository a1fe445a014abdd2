/** Runs the Python job as its own run.sh does, on a database of our server. */
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { freePort } from '../../kit/program.ts'
import { peerEnvironment } from '../peers.ts'

export interface PeerFigures {
  total_s: number
  max_rss_mib: number
}

export async function runPeer(folder: string, sql: Sql, url: string, rows: number): Promise<PeerFigures> {
  // Its API counts sign-ins there.
  const redis_port = String(freePort())
  const redis = Bun.spawn(['redis-server', '--bind', '127.0.0.1', '--port', redis_port, '--save', ''], {
    stdout: 'ignore',
    stderr: 'ignore',
  })
  const child = Bun.spawn(['bash', join(folder, 'run.sh')], {
    env: {
      ...(await peerEnvironment(sql, url)),
      REDIS_URL: `redis://127.0.0.1:${redis_port}/0`,
      // Only through the API.
      SIZES: ' ',
      API_ROWS: String(rows),
      API_PORT: String(freePort()),
    },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited])
  redis.kill()
  if (code !== 0) throw new Error(`the peer ended with ${code}: ${output}`)
  const figures = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { figure: string; value: number })
  const valueOf = (name: string) => figures.find(({ figure }) => figure === `api_${rows}_${name}`)!.value
  return { total_s: valueOf('total'), max_rss_mib: valueOf('max_rss') }
}
