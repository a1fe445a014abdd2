/** What is particular to objects on disk: files dropped by hand, links, folders in the way, killed writers. */
import { beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { appendFile, chmod, mkdir, readdir, symlink, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDiskObjects } from '../../../../db/engines/objects/disk/objects.ts'
import type { Objects } from '../../../../db/engines/objects/objects.ts'
import { codeOf, keys, textOf } from '../../../contracts/objects.contract.ts'
import { openPaths } from '../../../kit/open-paths.ts'
import { until } from '../../../kit/program.ts'
import { temporaryFolder } from '../../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const data_dir = temporaryFolder()
const folder = join(data_dir, 'objects')
let objects: Objects
beforeAll(async () => void (objects = await createDiskObjects(join(data_dir, 'objects'))))

test('a file dropped by hand counts, and is not settled while it is being written', async () => {
  await mkdir(join(folder, 'uploads'), { recursive: true })
  const path = join(folder, 'uploads/dropped.txt')
  await writeFile(path, 'first half, ')
  const half = await objects.head('uploads/dropped.txt')
  expect(half).toMatchObject({ size_bytes: 12, settled: false })
  await appendFile(path, 'second half')
  const whole = await objects.head('uploads/dropped.txt')
  expect(whole!.version).not.toBe(half!.version)
  expect(await textOf(objects, 'uploads/dropped.txt')).toBe('first half, second half')
  await utimes(path, new Date(), new Date('2020-01-01'))
  expect(await objects.head('uploads/dropped.txt')).toMatchObject({
    settled: true,
    modified_at: new Date('2020-01-01'),
  })
})

test('what it makes is for its user alone, whatever the umask', async () => {
  const umask = process.umask(0)
  try {
    const own = join(data_dir, 'own')
    const fresh = await createDiskObjects(own)
    await fresh.put('a/b/c.txt', 'x')
    expect(openPaths(own)).toEqual([])
  } finally {
    process.umask(umask)
  }
})

test('a file overwritten by one of the same size and date has another version', async () => {
  const path = join(folder, 'uploads/same.txt')
  const versions = new Set<string>()
  for (const text of ['one', 'two']) {
    await writeFile(path, text)
    await utimes(path, new Date('2020-01-01'), new Date('2020-01-01'))
    versions.add((await objects.head('uploads/same.txt'))!.version)
  }
  expect(versions.size).toBe(2)
})

test('a file that grows or shrinks while it is read ends the body with an error, never with wrong bytes', async () => {
  const path = join(folder, 'uploads/copying.bin')
  for (const change of [() => appendFile(path, 'more'), () => writeFile(path, 'less')]) {
    await writeFile(path, new Uint8Array(2_000_000))
    const got = await objects.get('uploads/copying.bin')
    const reader = got!.body.getReader()
    let size = (await reader.read()).value!.byteLength
    await change()
    const rest = (async () => {
      for (let next = await reader.read(); !next.done; next = await reader.read()) size += next.value.byteLength
    })()
    expect(await codeOf(rest)).toBe('object_changed')
    expect(size).toBeLessThanOrEqual(got!.info.size_bytes)
  }
})

test('links are not followed, neither to a file nor through a folder', async () => {
  const outside = temporaryFolder()
  await writeFile(join(outside, 'secret'), 'secret')
  await mkdir(join(folder, 'links'), { recursive: true })
  await symlink(outside, join(folder, 'links/folder'))
  await symlink(join(outside, 'secret'), join(folder, 'links/file'))
  await symlink('.', join(folder, 'links/circle'))
  expect(await keys(objects, 'links/')).toEqual([])
  expect(await keys(objects, 'links/folder/')).toEqual([])
  for (const key of ['links/file', 'links/folder/secret', 'links/circle/x']) {
    expect(await objects.get(key)).toBeNull()
    expect(await objects.head(key)).toBeNull()
    await objects.delete(key)
  }
  expect(await codeOf(objects.put('links/folder/new/x', 'x'))).toBe('object_key_taken')
  await objects.put('links/file', 'an object now')
  expect(await Bun.file(join(outside, 'secret')).text()).toBe('secret')
  expect(await readdir(outside)).toEqual(['secret'])
})

test('what cannot be read is told and left out of a list that asks for it, and ends any other', async () => {
  const root = temporaryFolder()
  const own = await createDiskObjects(root)
  for (const key of ['u/a/1', 'u/closed/2', 'u/names/3', 'u/z/4']) await own.put(key, 'x')
  await symlink('none', join(root, 'u/dangling'))
  await symlink('.', join(root, 'u/loop'))
  const latin = Buffer.concat([Buffer.from(join(root, 'u/Pre')), Buffer.from([0xe7]), Buffer.from('os')])
  mkdirSync(latin)
  writeFileSync(Buffer.concat([latin, Buffer.from('/5.csv')]), 'x')
  await chmod(join(root, 'u/closed'), 0)
  await chmod(join(root, 'u/names'), 0o400)
  const program = `
    const { createDiskObjects } = await import(${JSON.stringify(join(import.meta.dir, '../../../../db/engines/objects/disk/objects.ts'))})
    const objects = await createDiskObjects(${JSON.stringify(root)})
    const told = [], found = []
    const leftOut = (path, why) => told.push(path + ' ' + why.code)
    for await (const { key, version } of objects.list('u/', { unusable: true, leftOut })) found.push(version === 'unreadable' ? key + ' ' + version : key)
    const refused = await Array.fromAsync(objects.list('u/')).then(() => 'listed', (err) => err.code)
    console.log(JSON.stringify({ found, told: told.sort(), refused }))`
  // Root may read everything, unless it gives that up.
  const asOthers = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : []
  const [command = '', ...words] = [...asOthers, process.execPath, '-e', program]
  const { stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' })
  for (const name of ['closed', 'names']) await chmod(join(root, 'u', name), 0o700)
  expect([stderr, JSON.parse(stdout || 'null')]).toEqual([
    '',
    {
      found: ['u/Pre\ufffdos unreadable', 'u/a/1', 'u/z/4'],
      told: ['u/closed disk_denied', 'u/dangling object_key_taken', 'u/loop object_key_taken', 'u/names disk_denied'],
      refused: 'disk_denied',
    },
  ])
})

test('a folder where a file should be, or the other way round, is said clearly; an empty one gives way', async () => {
  await objects.put('way/a/b', 'x')
  expect(await codeOf(objects.put('way/a', 'y'))).toBe('object_key_taken')
  expect(await codeOf(objects.put('way/a/b/c', 'y'))).toBe('object_key_taken')
  expect(await objects.get('way/a')).toBeNull()
  expect(await objects.head('way/a/b/c')).toBeNull()
  await objects.delete('way/a')
  expect(await textOf(objects, 'way/a/b')).toBe('x')
  await objects.delete('way/a/b')
  await objects.put('way/a', 'y')
  expect(await textOf(objects, 'way/a')).toBe('y')
})

test('a named pipe, and names that are no keys, are neither listed nor waited for', async () => {
  await mkdir(join(folder, 'strange'), { recursive: true })
  spawnSync('mkfifo', [join(folder, 'strange/pipe')])
  await writeFile(join(folder, 'strange/back\\slash'), 'x')
  await writeFile(Buffer.concat([Buffer.from(`${folder}/strange/caf`), Buffer.from([0xe9])]) as unknown as string, 'x')
  await writeFile(join(folder, 'strange/good'), 'x')
  expect(await readdir(join(folder, 'strange'))).toHaveLength(4)
  expect(await keys(objects, 'strange/')).toEqual(['strange/good'])
  expect(await objects.get('strange/pipe')).toBeNull()
})

test('a writer killed in the middle of a put leaves nothing to see, and what it left is removed later', async () => {
  await objects.put('killed/x', 'before')
  const incoming = join(folder, '.incoming')
  const before = await readdir(incoming)
  const writer = Bun.spawn(['bun', join(import.meta.dir, 'slow-put.ts'), data_dir, 'killed/x'], { stdout: 'ignore' })
  const left = await until('what a killed put leaves', async () => {
    const [name] = (await readdir(incoming)).filter((found) => !before.includes(found))
    return name && Bun.file(join(incoming, name)).size > 0 ? name : undefined
  })
  writer.kill('SIGKILL')
  await writer.exited
  expect(await keys(objects, 'killed/')).toEqual(['killed/x'])
  expect(await textOf(objects, 'killed/x')).toBe('before')
  expect(await readdir(incoming)).toContain(left)
  await createDiskObjects(join(data_dir, 'objects'))
  expect(await readdir(incoming)).toContain(left) // young: its writer might live
  await utimes(join(incoming, left), new Date(), new Date(Date.now() - 2 * 60 * 60_000))
  await createDiskObjects(join(data_dir, 'objects'))
  expect(await readdir(incoming)).not.toContain(left)
})

test('200 MB pass through put and get in constant memory', async () => {
  const child = Bun.spawn(['bun', join(import.meta.dir, 'large-object.ts'), data_dir], { stdout: 'pipe' })
  const { same, grown_mb } = (await new Response(child.stdout).json()) as { same: boolean; grown_mb: number }
  expect(same).toBe(true)
  expect(grown_mb).toBeLessThan(120)
})

test('a full disk and a folder that cannot be made are said in a sentence', async () => {
  await writeFile(join(data_dir, 'a-file'), '')
  expect(await codeOf(createDiskObjects(join(join(data_dir, 'a-file'), 'objects')))).toBe('disk_failed')
  const small = temporaryFolder()
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]).status !== 0) {
    console.warn('not tried: a full disk, because this user may not mount one')
    return
  }
  try {
    const full = await createDiskObjects(join(small, 'objects'))
    await full.put('kept', 'x')
    expect(await codeOf(full.put('kept', new Uint8Array(1_000_000)))).toBe('disk_full')
    expect(await textOf(full, 'kept')).toBe('x')
    expect(await readdir(join(small, 'objects/.incoming'))).toEqual([])
    await full.put('other', new Uint8Array(100_000))
  } finally {
    spawnSync('umount', [small])
  }
})

test('a list survives files and folders that vanish meanwhile', async () => {
  // As many as are asked about at once.
  const first = Array.from({ length: 64 }, (_, at) => `vanish/1${at}`).toSorted()
  for (const key of [...first, 'vanish/2/x', 'vanish/3']) await objects.put(key, '')
  const seen: string[] = []
  for await (const { key } of objects.list('vanish/')) {
    seen.push(key)
    if (key !== first[0]) continue
    rmSync(join(folder, 'vanish/2'), { recursive: true })
    await unlink(join(folder, 'vanish/3'))
  }
  expect(seen).toEqual(first)
})
