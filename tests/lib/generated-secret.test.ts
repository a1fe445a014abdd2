import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generatedSecret } from '../../lib/generated-secret.ts'
import { cleanUp, emptyDataDir, makeFolder } from '../kit/members.ts'

setDefaultTimeout(120_000)

afterAll(cleanUp)

test('ten programs that ask at once get one secret of 32 bytes, for its owner only', async () => {
  const data_dir = await makeFolder(await emptyDataDir())
  const program = `import { generatedSecret } from ${JSON.stringify(join(import.meta.dir, '../../lib/generated-secret.ts'))}
    console.log(await generatedSecret(${JSON.stringify(data_dir)}, 'jwt_secret'))`
  const children = Array.from({ length: 3 }, () => Bun.spawn([process.execPath, '-e', program], { stderr: 'inherit' }))
  const others = await Promise.all(children.map(async (child) => (await new Response(child.stdout).text()).trim()))
  const ours = await Promise.all(Array.from({ length: 10 }, () => generatedSecret(data_dir, 'jwt_secret')))
  expect(new Set([...ours, ...others]).size).toBe(1)
  for (let i = 0; i < 20; i++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => generatedSecret(data_dir, `other_${i}`)))
    expect(new Set(answers).size).toBe(1)
  }
  expect(ours[0]).toMatch(/^[\w-]{43}$/)
  expect((await stat(join(data_dir, 'secrets', 'jwt_secret'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(data_dir, 'secrets'))).mode & 0o777).toBe(0o700)
  expect((await readdir(join(data_dir, 'secrets'))).filter((name) => name.endsWith('.new'))).toEqual([])
})

test('each name has a secret of its own', async () => {
  const data_dir = await makeFolder(await emptyDataDir())
  expect(await generatedSecret(data_dir, 'one')).not.toBe(await generatedSecret(data_dir, 'two'))
})

test('a secret that somebody wrote by hand is taken without its line end; an emptied one is refused', async () => {
  const data_dir = await makeFolder(await emptyDataDir())
  await makeFolder(join(data_dir, 'secrets'))
  await writeFile(join(data_dir, 'secrets', 'mine'), 'by hand\n')
  expect(await generatedSecret(data_dir, 'mine')).toBe('by hand')
  await writeFile(join(data_dir, 'secrets', 'mine'), '')
  expect(await generatedSecret(data_dir, 'mine').catch((err) => err)).toMatchObject({ code: 'secret_empty' })
})
