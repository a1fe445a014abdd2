/**
 * A program that uses the embedded server and nothing else, for tests that kill it. It takes orders by message:
 * `write` inserts rows until told otherwise, reporting each once it is acknowledged; `leave` ends it in good order.
 */
import { joinEmbedded } from '../../db/engines/embedded/index.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { AppError } from '../../lib/errors.ts'

export type Report =
  | { joined: string }
  | { query: 'ok' | string }
  | { acked: string }
  | { refused: string }
  | { failed: { code: string; message: string } }

const WRITERS = 4
const [data_dir = '', port] = process.argv.slice(2)
const report = (message: Report) => process.send!(message)

try {
  const server = await joinEmbedded({ data_dir, port: port ? Number(port) : undefined })
  const sql = openSql(server.url, WRITERS)
  let leaving = false
  let writers: Array<Promise<void>> = []

  process.on('message', async (order) => {
    if (order === 'write') writers = Array.from({ length: WRITERS }, write)
    if (order !== 'leave') return
    leaving = true
    await Promise.all(writers)
    await sql.end({ timeout: 5 })
    await server.leave()
    process.exit(0)
  })
  report({ joined: server.url })
  await sql.begin(async (tx) => {
    // Ten at once would trip over each other in the catalogue, "if not exists" or not.
    await tx`select pg_advisory_xact_lock(1)`
    await tx`create table if not exists written (id text primary key)`
  })
  report({ query: 'ok' })

  async function write(): Promise<void> {
    while (!leaving) {
      const id = crypto.randomUUID()
      try {
        await sql`insert into written (id) values (${id})`
        report({ acked: id })
      } catch (err) {
        report({ refused: (err as { code?: string }).code ?? String(err) })
        await Bun.sleep(10)
      }
    }
  }
} catch (err) {
  report({ failed: { code: err instanceof AppError ? err.code : '', message: String(err) } })
  process.exit(1)
}
