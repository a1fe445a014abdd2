import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { FEATURES } from '../../api/config.ts'
import { SETTING_TEXTS } from '../../api/system/setting-texts.ts'

setDefaultTimeout(120_000)

const ROOT = join(import.meta.dir, '../..')

/** Every variable that is read with an EnvReader, as the source names it. */
async function variablesRead(): Promise<string[]> {
  const names = new Set<string>()
  for await (const path of new Bun.Glob('{api,jobs,consumers,charts,db,lib}/**/*.ts').scan(ROOT)) {
    const source = await Bun.file(join(ROOT, path)).text()
    for (const [, name] of source.matchAll(/\b(?:(?:read|env)\.\w+|mb|raw)\(\s*'([A-Z][A-Z0-9_]+)'/g)) names.add(name!)
  }
  return [...names].toSorted()
}

test('.env.example names every variable that the programs read, and no other', async () => {
  const example = await Bun.file(join(ROOT, '.env.example')).text()
  const named = [...example.matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name!)
  // Read by the demo alone, which has no configuration of its own.
  const read = new Set([...(await variablesRead()), 'DEMO_PASSWORD'])
  // Refused, with its new name.
  read.delete('REQUIRE_ADMIN_2FA')
  const expected = [...read].toSorted()
  expect(named.toSorted()).toEqual(expected)
})

test('the dashboard says of each variable what .env.example says', async () => {
  const lines = (await Bun.file(join(ROOT, '.env.example')).text()).split('\n')
  const said: Record<string, string> = {}
  let names: string[] = []
  let text: string[] = []
  for (const line of [...lines, '']) {
    const [, name] = /^#([A-Z0-9_]+)=/.exec(line) ?? []
    if (name !== undefined) {
      names.push(name)
      continue
    }
    if (names.length > 0) {
      said[names.join(' ')] = text.join(' ')
      names = []
      text = []
    }
    if (line.startsWith('# ') && !line.startsWith('# ---')) text.push(line.slice(2).trim())
    else text = []
  }
  delete said.DEMO_PASSWORD
  expect(Object.fromEntries(Object.entries(SETTING_TEXTS).map(([group, { en }]) => [group, en]))).toEqual(said)
})

test('FEATURES is said to be what it can be', () => {
  for (const text of Object.values(SETTING_TEXTS.FEATURES!))
    expect(/(auth, [^.]*)\. /.exec(text)![1]!.split(', ').toSorted()).toEqual([...FEATURES].toSorted())
})
