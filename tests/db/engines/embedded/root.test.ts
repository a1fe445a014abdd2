/** Root starts the server as somebody else. Here root really does; an ordinary user has nothing to show and says so. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cleanUp, dataDir, emptyDataDir, makeFolder, postmasters, readProc, startMember } from '../../../kit/members.ts'

setDefaultTimeout(120_000)

afterAll(cleanUp)

const root = process.getuid?.() === 0
if (!root) process.stderr.write('skipped: what root does can only be tried as root\n')

/** A folder for PATH with every command of ours but `missing`. */
async function pathWithout(missing: string[]): Promise<string> {
  const folder = await makeFolder(join(dirname(await emptyDataDir()), 'bin'))
  for (const name of ['sh', 'unshare', 'setpriv', 'cat'])
    if (!missing.includes(name)) await symlink(Bun.which(name)!, join(folder, name))
  // A system that forbids user namespaces has the command all the same.
  if (missing.includes('unshare')) {
    await writeFile(
      join(folder, 'unshare'),
      '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n',
    )
    await chmod(join(folder, 'unshare'), 0o755)
  }
  return folder
}

const serverUid = (data_dir: string) => Number(/^Uid:\s+(\d+)/m.exec(readProc(postmasters(data_dir)[0]!, 'status'))![1])
const owner = async (path: string) => (await stat(path)).uid

describe.skipIf(!root)('as root', () => {
  /** Root's own at first; the tests hand it on to others. */
  let data_dir: string
  beforeAll(async () => void (data_dir = await dataDir()))

  test('the server runs in a user namespace and the data belongs to root', async () => {
    const member = startMember(data_dir)
    await member.reported('query')
    const [pid] = postmasters(data_dir)
    if ((await owner(join(data_dir, 'postgres'))) === 0) {
      expect(readProc(pid!, 'uid_map').trim().split(/\s+/)).toEqual(['65534', '0', '1'])
      expect(readProc(pid!, 'cmdline')).not.toContain('setpriv')
    } else process.stderr.write('this system permits no user namespaces\n')
    member.order('leave')
    expect(await member.exited).toBe(0)
  })

  test('without user namespaces and without setpriv it says so', async () => {
    const PATH = await pathWithout(['unshare', 'setpriv'])
    const member = startMember(data_dir, { env: { PATH } })
    const { failed } = await member.reported('failed')
    expect(failed.code).toBe('embedded_root')
    expect(failed.message).toContain('Operation not permitted')
    expect(failed.message).toContain('there is no setpriv')
    expect(failed.message).toContain('ordinary user')
    await member.exited
  })

  test("without user namespaces it runs as nobody, behind closed folders, on a new database and on one that was root's", async () => {
    const PATH = await pathWithout(['unshare'])
    for (const folder of [await emptyDataDir(), data_dir]) {
      await mkdir(dirname(folder), { recursive: true })
      await chmod(dirname(folder), 0o700)
      const member = startMember(folder, { env: { PATH } })
      await member.reported('query')
      expect(serverUid(folder)).toBe(65_534)
      for (const path of ['postgres', 'postgres/base', 'postgres/PG_VERSION'])
        expect(await owner(join(folder, path))).toBe(65_534)
      expect(await owner(join(folder, 'secrets', 'postgres_password'))).toBe(0)
      member.order('leave')
      expect(await member.exited).toBe(0)
    }
    // And where namespaces are permitted later, it stays with whom the data belongs to.
    const again = startMember(data_dir)
    await again.reported('query')
    expect(serverUid(data_dir)).toBe(65_534)
    again.order('leave')
    expect(await again.exited).toBe(0)
  })

  test('a data folder of an ordinary user is served as that user', async () => {
    expect(Bun.spawnSync(['chown', '-R', '1234:1234', data_dir]).exitCode).toBe(0)
    const member = startMember(data_dir)
    await member.reported('query')
    expect(serverUid(data_dir)).toBe(1234)
    member.order('leave')
    expect(await member.exited).toBe(0)
  })

  test('an ordinary user runs it as itself', async () => {
    expect(Bun.spawnSync(['chown', '-R', '1234:1234', dirname(data_dir)]).exitCode).toBe(0)
    const asUser = ['setpriv', '--reuid=1234', '--regid=1234', '--clear-groups']
    const reaches = Bun.spawnSync([...asUser, process.execPath, '--revision'], { cwd: '/' }).exitCode === 0
    const sources = Bun.spawnSync([...asUser, 'cat', join(import.meta.dir, '../../../kit/member.ts')], {
      stdout: 'ignore',
    })
    if (!reaches || sources.exitCode !== 0)
      return process.stderr.write('skipped: an ordinary user cannot read this repository\n')
    const member = startMember(data_dir, { before: asUser, env: { HOME: data_dir } })
    await member.reported('query')
    expect(serverUid(data_dir)).toBe(1234)
    member.order('leave')
    expect(await member.exited).toBe(0)
  })
})
