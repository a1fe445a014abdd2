/** Every way in which the embedded server cannot be had, each with its sentence. What needs root says when it was skipped. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { joinEmbedded, type EmbeddedServer } from '../../../../db/engines/embedded/index.ts'
import { binaries } from '../../../../db/engines/embedded/binaries.ts'
import { startProblem } from '../../../../db/engines/embedded/problems.ts'
import { serverUser } from '../../../../db/engines/embedded/run-as.ts'
import { freePort } from '../../../kit/program.ts'
import { cleanUp, dataDir, emptyDataDir, makeFolder, startMember, type MemberProgram } from '../../../kit/members.ts'

setDefaultTimeout(120_000)

/** Nothing serves it between the tests; the last one damages it. */
let data_dir: string
beforeAll(async () => void (data_dir = await dataDir()))
afterAll(cleanUp)

const root = process.getuid?.() === 0

/** What joining was answered; a server that came about after all is left again, and fails the test. */
async function refusal(data_dir: string): Promise<unknown> {
  const server = await joinEmbedded({ data_dir }).catch((err: unknown) => err)
  if (server instanceof Error) return server
  await (server as EmbeddedServer).leave()
  return 'joined'
}

async function refusalOf(member: MemberProgram) {
  const { failed } = await member.reported('failed')
  await member.exited
  return failed
}

/** A small file system of its own below `folder`, or why there cannot be one. */
function mountSmall(folder: string, options: string): string | undefined {
  if (!root) return 'only root may mount'
  const { exitCode, stderr } = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder], {
    stderr: 'pipe',
  })
  return exitCode === 0 ? undefined : stderr.toString().trim()
}

const skipped = (why: string) => process.stderr.write(`skipped: ${why}\n`)

test('a full disk', async () => {
  const folder = await makeFolder(await emptyDataDir())
  const obstacle = mountSmall(folder, 'size=8m')
  if (obstacle) return skipped(obstacle)
  try {
    expect(await refusal(folder)).toMatchObject({ code: 'disk_full', message: expect.stringContaining(folder) })
    // Even the first byte: the password, the lock.
    Bun.spawnSync(['sh', '-c', 'cat /dev/zero > "$0/filler"', folder], { stderr: 'ignore' })
    await rm(join(folder, 'secrets'), { recursive: true })
    expect(await refusal(folder)).toMatchObject({ code: 'disk_full' })
  } finally {
    Bun.spawnSync(['umount', folder])
  }
})

test('a folder that cannot be written to', async () => {
  const folder = await makeFolder(await emptyDataDir())
  const obstacle = root ? mountSmall(folder, 'ro') : void (await chmod(folder, 0o500))
  if (obstacle) return skipped(obstacle)
  try {
    expect(await refusal(join(folder, 'data'))).toMatchObject({
      code: 'folder_not_writable',
      message: expect.stringContaining('DATA_DIR'),
    })
  } finally {
    if (root) Bun.spawnSync(['umount', folder])
  }
})

test('a folder that is a file, or below one', async () => {
  const path = await emptyDataDir()
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
  for (const data_dir of [path, join(path, 'below')])
    expect(await refusal(data_dir)).toMatchObject({ code: 'folder_is_file' })
})

test('a data folder that somebody serves by hand', async () => {
  const folder = join(data_dir, 'postgres')
  const { postgres } = await binaries()
  const user = await serverUser(data_dir, folder, postgres)
  const byHand = Bun.spawn(user.wrap([postgres, '-D', folder, '-p', String(freePort()), '-k', '']), {
    env: { LC_ALL: 'C', PATH: process.env.PATH! },
    stderr: 'pipe',
  })
  for await (const part of byHand.stderr) if (new TextDecoder().decode(part).includes('ready to accept')) break
  expect(await refusal(data_dir)).toMatchObject({
    code: 'embedded_foreign',
    message: expect.stringContaining(`process ${byHand.pid}`),
  })
  byHand.kill('SIGINT')
  await byHand.exited
})

test('a system that gives no shared memory', async () => {
  if (!root) return skipped('only root may limit shared memory')
  const limited = ['unshare', '--ipc', 'sh', '-c', 'echo 0 > /proc/sys/kernel/shmmni && exec "$@"', 'sh']
  if (Bun.spawnSync([...limited, 'true'], { stderr: 'ignore' }).exitCode !== 0)
    return skipped('this system does not let us limit shared memory')
  const { code, message } = await refusalOf(startMember(data_dir, { before: limited }))
  expect(code).toBe('embedded_shared_memory')
  expect(message).toContain('kernel.shmm')
})

test('a data folder of another version, or something else in its place', async () => {
  const [folder, moved] = [join(data_dir, 'postgres'), join(data_dir, 'moved')]
  for (const [version, advice] of [
    ['17', 'PostgreSQL 17, and this Doca has 18. Make a backup with the Doca that made it'],
    ['19', 'It belongs to a newer Doca: update this one'],
  ] as const) {
    await writeFile(join(folder, 'PG_VERSION'), `${version}\n`)
    expect(await refusal(data_dir)).toMatchObject({
      code: 'embedded_version',
      message: expect.stringContaining(advice),
    })
  }
  await writeFile(join(folder, 'PG_VERSION'), '18\n')
  await rename(folder, moved)
  await mkdir(join(folder, 'holiday photos'), { recursive: true })
  expect(await refusal(data_dir)).toMatchObject({ code: 'embedded_not_data' })
  await rm(folder, { recursive: true })
  await rename(moved, folder)
})

test('a damaged data folder', async () => {
  await writeFile(join(data_dir, 'postgres', 'global', 'pg_control'), Buffer.alloc(8192))
  expect(await refusal(data_dir)).toMatchObject({
    code: 'embedded_damaged',
    message: expect.stringContaining('postgres.log says more'),
  })
})

test('what the server says is told apart', () => {
  const attempt = { data_dir: '/data', log: '/data/postgres.log', port: 80 }
  const said: Array<[string, string]> = [
    ['LOG:  could not bind IPv4 address "127.0.0.1": Permission denied', 'embedded_port_refused'],
    ['FATAL:  could not create shared memory segment: No space left on device', 'embedded_shared_memory'],
    ['FATAL:  could not open shared memory segment "/PostgreSQL.1": Permission denied', 'embedded_shared_memory'],
    ['PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device', 'disk_full'],
    ['FATAL:  could not open file "global/pg_filenode.map": Permission denied', 'folder_not_writable'],
    ['postgres: error while loading shared libraries: libicui18n.so.60: cannot open', 'embedded_unavailable'],
    ['PANIC:  could not locate a valid checkpoint record at 0/1', 'embedded_damaged'],
    ['FATAL:  something new under the sun', 'embedded_start'],
  ]
  for (const [text, code] of said) expect([text, startProblem(text, attempt).code]).toEqual([text, code])
})
