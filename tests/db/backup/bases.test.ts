/** What a restore to a time needs: which bases and segments are kept, how one is written, and how people write a time. */
import { afterAll, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listBases, removeOldBases } from '../../../db/backup/wal/bases.ts'
import { restoreTo } from '../../../db/backup/wal/restore-to.ts'
import { noProgress } from '../../../db/backup/progress.ts'
import { readDbConfig } from '../../../db/engines/config.ts'
import { walEnv } from '../../../db/engines/embedded/settings.ts'
import { readTime } from '../../../db/jobs/local-time.ts'
import { envReader } from '../../../lib/env.ts'
import { silent } from '../../kit/replica.ts'
import { removeTemporaryFolders, temporaryFolder } from '../../kit/temporary-folder.ts'

afterAll(removeTemporaryFolders)

const segment = (n: number, timeline = 1) => `0000000${timeline}00000000000000${String(n).padStart(2, '0')}`
const base = (day: string, n: number, timeline?: number) =>
  `base-202611${day}T030000000Z-${segment(n, timeline)}.tar.zst`

async function folderOf(names: string[]): Promise<string> {
  const folder = temporaryFolder()
  for (const name of names) await writeFile(join(folder, name), name)
  return folder
}

test('bases and segments of the last seven days are kept, with the base that leads on to the first of them', async () => {
  const folder = await folderOf([
    ...[base('19', 10), base('21', 20), base('23', 30), base('28', 40)],
    ...[9, 10, 19, 20, 21, 40, 50].map((n) => `${segment(n)}.gz`),
    '00000002.history.gz',
  ])
  const removed = await removeOldBases(folder, new Date('2026-11-29T03:00:00Z'))
  expect(removed.toSorted()).toEqual([...[9, 10, 19].map((n) => `${segment(n)}.gz`), base('19', 10)])
  expect((await listBases(folder)).map(({ file }) => file)).toEqual([base('21', 20), base('23', 30), base('28', 40)])
  expect(existsSync(join(folder, '00000002.history.gz'))).toBeTrue()
})

test('after a restore the log goes on from an earlier place, which is kept, too', async () => {
  const folder = await folderOf([base('27', 40), base('28', 30, 2), ...[29, 30, 39].map((n) => `${segment(n, 2)}.gz`)])
  expect(await removeOldBases(folder, new Date('2026-11-29T03:00:00Z'))).toEqual([`${segment(29, 2)}.gz`])
})

test('without a base nothing is removed, and nothing can be restored to', async () => {
  const data_dir = temporaryFolder()
  const wal = join(data_dir, 'backups', 'wal')
  await mkdir(wal, { recursive: true })
  await writeFile(join(wal, `${segment(1)}.gz`), '')
  expect(await removeOldBases(wal, new Date())).toEqual([])
  const told = { say: () => {}, progress: noProgress, local: String }
  const config = readDbConfig(envReader({ DATA_DIR: data_dir }))
  await expect(restoreTo(config, new Date(0), silent, told)).rejects.toMatchObject({ code: 'restore_to_no_base' })
})

test('a segment is kept once, whole and to its user alone; another of its name is refused', async () => {
  const folder = temporaryFolder()
  const wal = join(folder, 'São João $x "y"')
  await mkdir(wal)
  const path = join(folder, 'segment')
  const run = (...words: string[]) => {
    const env = { PATH: process.env.PATH!, ...walEnv(wal) }
    const { exitCode, stderr } = Bun.spawnSync(['sh', env.DOCA_WAL_SCRIPT, ...words], { env, stderr: 'pipe' })
    return { exitCode, said: stderr.toString() }
  }
  await writeFile(path, 'one')
  expect(run('keep', path, segment(1))).toEqual({ exitCode: 0, said: '' })
  expect(run('keep', path, segment(1))).toEqual({ exitCode: 0, said: '' })
  await writeFile(path, 'two')
  expect(run('keep', path, segment(1))).toMatchObject({ exitCode: 1, said: expect.stringContaining('another content') })
  expect(run('keep', path, `${segment(2)}.partial`).exitCode).toBe(0)
  expect(await readdir(wal)).toEqual([`${segment(1)}.gz`])
  expect(run('fetch', segment(1), path).exitCode).toBe(0)
  expect(await Bun.file(path).text()).toBe('one')
  expect(run('fetch', segment(2), path)).toEqual({ exitCode: 1, said: '' })
  // A program that was killed left half of one.
  await writeFile(join(wal, `.partial-${segment(3)}`), 'ha')
  await chmod(join(wal, `.partial-${segment(3)}`), 0o600)
  expect(run('keep', path, segment(3)).exitCode).toBe(0)
  expect((await readdir(wal)).toSorted()).toEqual([`${segment(1)}.gz`, `${segment(3)}.gz`])
})

test('a time is one of the zone’s clock: the first, where the clock goes back; the change, where it skips it', () => {
  const at = (text: string, zone = 'America/Sao_Paulo') => readTime(text, zone)?.toISOString() ?? null
  expect(at('2026-11-29 10:15')).toBe('2026-11-29T13:15:00.000Z')
  expect(at('2026-11-29T10:15:30')).toBe('2026-11-29T13:15:30.000Z')
  expect(at('2026-11-29 10:15+02:00')).toBe('2026-11-29T08:15:00.000Z')
  expect(at('2026-11-01 01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z')
  expect(at('2026-03-08 02:30', 'America/New_York')).toBe('2026-03-08T07:00:00.000Z')
  for (const wrong of ['2026-02-30 10:15', '2026-11-29', '10:15', '29/11/2026 10:15', '2026-11-29 25:00', 'yesterday'])
    expect([wrong, at(wrong)]).toEqual([wrong, null])
})

test('KEEP_WAL is of the embedded server alone', () => {
  const read = envReader({ KEEP_WAL: 'on', DATABASE_URL: 'postgres://a:b@127.0.0.1/c' })
  readDbConfig(read)
  expect(() => read.finish()).toThrow('KEEP_WAL is of the embedded PostgreSQL')
  expect(readDbConfig(envReader({ KEEP_WAL: 'on', DATA_DIR: '/data' })).wal).toBe('/data/backups/wal')
  expect(readDbConfig(envReader({})).wal).toBeUndefined()
})
