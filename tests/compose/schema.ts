/** The compose specification's JSON schema, from the Go module that carries it: Docker Compose's own loader. */
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { makeOnce, needCommand, run } from '../../ops/engines/install.ts'

const MODULE = 'github.com/compose-spec/compose-go/v2@v2.16.2'

/** What in `text`, a compose file, the specification does not allow, a line each. */
export async function composeSchemaProblems(folder: string, text: string): Promise<string[]> {
  const path = join(folder, `${MODULE.replaceAll('/', '-')}.json`)
  await makeOnce(path, async (temporary) => {
    const go = needCommand('go', 'install Go (https://go.dev/dl), which fetches the schema')
    const { Dir } = JSON.parse(await run([go, 'mod', 'download', '-json', MODULE], { cwd: folder })) as { Dir: string }
    await copyFile(join(Dir, 'schema/compose-spec.json'), temporary)
  })
  const schema = (await Bun.file(path).json()) as Record<string, unknown>
  // Formats (durations, ports) are Docker's own, and no part of JSON schema.
  const check = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile(schema)
  check(Bun.YAML.parse(text))
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
