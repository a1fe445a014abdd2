/**
 * The whole way, with real processes: an office with a user who has two-factor sign-in, its backup, and another machine
 * on which nothing is but the archive and BACKUP_KEY; and each of both killed in the middle.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TOTP } from 'otpauth'
import { phoneOf } from '../kit/phone.ts'
import { ADMIN_PASSWORD, startApi } from '../kit/api-program.ts'
import { processesOf, runToEnd, startProgram, until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const KEY = 'a key for tests that is long enough'
let root: string
let office: Record<string, string>
beforeAll(async () => {
  root = temporaryFolder()
  office = machine('office')
})
afterAll(async () => {
  for (const { pid } of await processesOf(root)) process.kill(pid, 'SIGKILL')
})

/** The environment of a machine of its own. */
function machine(name: string): Record<string, string> {
  return { DATA_DIR: join(root, name), PASSWORD_ROUNDS: '10', BACKUP_KEY: KEY }
}

async function withApi<T>(env: Record<string, string>, use: (call: Call) => Promise<T>): Promise<T> {
  const api = await startApi(env)
  const call: Call = async (path, body, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(api.url + path, request)
    return { status: answer.status, ...((await answer.json().catch(() => ({}))) as object) }
  }
  try {
    return await use(call)
  } finally {
    api.kill('SIGTERM')
    await api.exited
  }
}
// oxlint-disable-next-line typescript/no-explicit-any -- what the API answers
type Call = (path: string, body?: unknown, token?: string) => Promise<any>

const signIn = (call: Call) => call('/login', { username: 'admin', password: ADMIN_PASSWORD })

/** Signs in with a code that was not used before: each counts once. */
async function signInWithCode(
  call: Call,
  phone: TOTP,
  steps: number,
): Promise<{ status: number; access_token: string }> {
  const { challenge } = await signIn(call)
  return call('/2fa/verify', { challenge, code: phone.generate({ timestamp: Date.now() + steps * 30_000 }) })
}

async function hashesOf(data_dir: string): Promise<Record<string, string>> {
  const folder = join(data_dir, 'objects')
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const hashes: Record<string, string> = {}
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    // What a killed put left is no object, and is removed later.
    if (!file.isFile() || path.includes('/.incoming/')) continue
    hashes[path.slice(folder.length)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  }
  return hashes
}

const archives = async (folder: string) =>
  (await readdir(folder).catch(() => [] as string[])).filter((name) => name.startsWith('doca-'))

let phone: TOTP
const out = () => join(root, 'usb')

test('an office is backed up while its API runs; a backup that is killed in the middle leaves none', async () => {
  const objects = join(office.DATA_DIR!, 'objects')
  await mkdir(join(objects, 'contratos', 'olá'), { recursive: true })
  for (let i = 0; i < 40; i++)
    await writeFile(join(objects, 'contratos', `${i}.bin`), crypto.getRandomValues(new Uint8Array(65_536)))
  await writeFile(join(objects, 'contratos', 'olá', 'é ç.pdf'), 'pdf')
  const large = Buffer.concat(Array.from({ length: 320 }, () => crypto.getRandomValues(new Uint8Array(65_536))))
  await writeFile(join(objects, 'large.bin'), large)
  await withApi(office, async (call) => {
    const { access_token } = await signIn(call)
    const { otpauth_url } = await call('/2fa/enable', {}, access_token)
    phone = phoneOf(otpauth_url)
    // The code before the current one: the others are for later.
    const enabled = await call(
      '/2fa/verify',
      { code: phone.generate({ timestamp: Date.now() - 30_000 }) },
      access_token,
    )
    expect(enabled.recovery_codes).toHaveLength(10)
    const item = { sku: 'CX-1', name: 'Caixa ☕', material: 'paper', kind: 'box', unit_cost: '1.50', currency: 'BRL' }
    expect((await call('/embalagens', item, access_token)).status).toBe(201)

    const killed = startProgram('ops/backup.ts', [out()], office)
    const begun = async () =>
      (await readdir(out()).catch(() => [] as string[])).some((name) => name.startsWith('.partial-'))
    await until('the archive to be begun', begun, 60_000, killed.output)
    killed.kill('SIGKILL')
    await killed.exited
    expect(await archives(out())).toEqual([])
    expect(await begun()).toBeTrue()

    const { code, output } = await runToEnd('ops/backup.ts', [out(), '--json'], office)
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(JSON.parse(output)).toMatchObject({ encrypted: true, objects: 42, warnings: [] })
    expect(await archives(out())).toHaveLength(1)
    // What the killed one left is gone.
    expect(await begun()).toBeFalse()
  })
})

test('on another machine: killed in the middle, again, and then the user signs in and every checksum agrees', async () => {
  const [name] = await archives(out())
  const archive = join(out(), name!)
  const other = machine('other')
  const wrong = await runToEnd('ops/restore.ts', [archive], {
    ...other,
    BACKUP_KEY: 'another key that is as long as that one',
  })
  expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('BACKUP_KEY does not open') })
  expect(await readdir(root)).not.toContain('other')

  const killed = startProgram('ops/restore.ts', [archive], other)
  // Where they wait until all is there.
  const staged = async () => Object.keys(await hashesOf(join(other.DATA_DIR!, 'restore')).catch(() => ({}))).length > 2
  await until('the first objects', staged, 60_000, killed.output)
  killed.kill('SIGKILL')
  await killed.exited
  expect(killed.output()).not.toContain('Restored')
  const early = await runToEnd('ops/admin.ts', ['user', 'list'], other)
  expect(early).toMatchObject({ code: 1, output: expect.stringContaining('run `bun run restore FILE` again') })

  expect(await hashesOf(other.DATA_DIR!)).toEqual({})
  const again = await runToEnd('ops/restore.ts', [archive], other)
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining('Restored what was there') })
  expect(await hashesOf(other.DATA_DIR!)).toEqual(await hashesOf(office.DATA_DIR!))
  const secret = (env: Record<string, string>, file: string) => readFile(join(env.DATA_DIR!, 'secrets', file), 'utf8')
  expect(await secret(other, 'totp_key')).toBe(await secret(office, 'totp_key'))
  expect(await secret(other, 'postgres_password')).not.toBe(await secret(office, 'postgres_password'))

  await withApi(other, async (call) => {
    expect((await call('/2fa/verify', { ...(await signIn(call)), code: '000000' })).status).not.toBe(200)
    const { status, access_token } = await signInWithCode(call, phone, 0)
    expect(status).toBe(200)
    const { items } = await call('/embalagens?limit=10', undefined, access_token)
    expect(items).toMatchObject([{ sku: 'CX-1', name: 'Caixa ☕', unit_cost: '1.50' }])
  })
  const full = await runToEnd('ops/restore.ts', [archive], other)
  expect(full).toMatchObject({ code: 1, output: expect.stringContaining('The target is not empty') })
})

test('--replace killed at any moment: undone, everything is as it was; done, everything is new', async () => {
  const [name] = await archives(out())
  const archive = join(out(), name!)
  const used = machine('used')
  expect(await runToEnd('ops/restore.ts', [archive], used)).toMatchObject({ code: 0 })
  const before = await hashesOf(used.DATA_DIR!)
  await rm(join(used.DATA_DIR!, 'objects', 'large.bin'))
  await writeFile(join(used.DATA_DIR!, 'objects', 'mine.txt'), 'mine')
  const mine = await hashesOf(used.DATA_DIR!)
  const counts = { undone: 0, done: 0 }
  // From before the first change to after the last; one that came to its end ends the loop.
  for (let wait_ms = 300; counts.done === 0; wait_ms += 300) {
    const killed = startProgram('ops/restore.ts', [archive, '--replace'], used)
    const timer = setTimeout(() => killed.kill('SIGKILL'), wait_ms)
    await killed.exited
    clearTimeout(timer)
    const undo = await runToEnd('ops/restore.ts', ['--undo'], used)
    expect(undo).toMatchObject({ code: 0 })
    const found = await hashesOf(used.DATA_DIR!)
    if (found['/mine.txt'] === undefined) counts.done += 1
    else counts.undone += 1
    expect(found).toEqual(found['/mine.txt'] === undefined ? before : mine)
    await withApi(used, async (call) => expect((await signIn(call)).requires_2fa).toBeTrue())
  }
  expect(counts.undone).toBeGreaterThan(2)
})
