/** `bun run check` refuses regular expressions that take more than linear time. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

setDefaultTimeout(120_000)

const ROOT = join(import.meta.dir, '..')
const folder = await mkdtemp(join(tmpdir(), 'doca-lint-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The rules that the linter of `bun run check` finds broken in this code. */
async function rulesBroken(code: string): Promise<string[]> {
  const file = join(folder, 'code.ts')
  await Bun.write(file, code)
  const command = [process.execPath, 'x', '--no-install', 'oxlint', '-c', '.oxlintrc.json', '--format', 'json', file]
  const linter = Bun.spawn(command, { cwd: ROOT, stdout: 'pipe', stderr: 'inherit' })
  const { diagnostics } = (await new Response(linter.stdout).json()) as { diagnostics: Array<{ code: string }> }
  return diagnostics.map(({ code: rule }) => rule)
}

test('the two that once stopped the API for half a minute are refused', async () => {
  expect(await rulesBroken("export const shorter = (text: string) => text.replace(/(\\.\\d*?)0+$/, '$1')\n")).toEqual([
    'regexp(no-super-linear-backtracking)',
  ])
  expect(await rulesBroken("export const flat = (text: string) => text.replace(/\\s*[\\r\\n]+\\s*/g, ' ')\n")).toEqual([
    'regexp(no-super-linear-move)',
  ])
})

test('so are those that a schema or new RegExp makes of a literal', async () => {
  expect(await rulesBroken('export const pattern = /^(a+)+$/.source\n')).toHaveLength(1)
  expect(await rulesBroken("const letters = 'a+'\nexport const found = new RegExp(`^(${letters})+$`)\n")).toHaveLength(
    1,
  )
  expect(await rulesBroken('export const pattern = /^a+$/.source\n')).toEqual([])
})

test('patterns of schemas are written as literals, which the linter reads', async () => {
  const ours = await Array.fromAsync(new Bun.Glob('{api,charts,consumers,db,jobs,lib,ops}/**/*.{ts,tsx}').scan(ROOT))
  expect(ours.length).toBeGreaterThan(300)
  const found: string[] = []
  for (const file of ours) {
    const text = await Bun.file(join(ROOT, file)).text()
    if (/\bpattern: ['"]/.test(text)) found.push(file)
  }
  expect(found).toEqual([])
})
