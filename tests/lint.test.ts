/** `bun run check` refuses regular expressions that take more than linear time. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { temporaryFolder } from './kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const ROOT = join(import.meta.dir, '..')
const folder = temporaryFolder()

/** The rules that the linter of `bun run check` finds broken in each of these files. One run of it: it takes half a second. */
async function rulesBroken<Name extends string>(codes: Record<Name, string>): Promise<Record<Name, string[]>> {
  const names = Object.keys(codes) as Name[]
  const files = names.map((name) => join(folder, `${name}.ts`))
  await Promise.all(names.map((name, i) => Bun.write(files[i]!, codes[name])))
  const command = [
    process.execPath,
    'x',
    '--no-install',
    'oxlint',
    '-c',
    '.oxlintrc.json',
    '--format',
    'json',
    ...files,
  ]
  const linter = Bun.spawn(command, { cwd: ROOT, stdout: 'pipe', stderr: 'inherit' })
  const { diagnostics } = (await new Response(linter.stdout).json()) as {
    diagnostics: Array<{ code: string; filename: string }>
  }
  const broken = names.map((name) => [
    name,
    diagnostics.filter(({ filename }) => filename.endsWith(`/${name}.ts`)).map(({ code }) => code),
  ])
  return Object.fromEntries(broken)
}

test('regular expressions that take more than linear time are refused, also those of a schema or of new RegExp', async () => {
  const broken = await rulesBroken({
    // These two once stopped the API for half a minute.
    backtracking: "export const shorter = (text: string) => text.replace(/(\\.\\d*?)0+$/, '$1')\n",
    move: "export const flat = (text: string) => text.replace(/\\s*[\\r\\n]+\\s*/g, ' ')\n",
    schema: 'export const pattern = /^(a+)+$/.source\n',
    template: "const letters = 'a+'\nexport const found = new RegExp(`^(${letters})+$`)\n",
    linear: 'export const pattern = /^a+$/.source\n',
  })
  expect(broken.backtracking).toEqual(['regexp(no-super-linear-backtracking)'])
  expect(broken.move).toEqual(['regexp(no-super-linear-move)'])
  expect(broken.schema).toHaveLength(1)
  expect(broken.template).toHaveLength(1)
  expect(broken.linear).toEqual([])
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
