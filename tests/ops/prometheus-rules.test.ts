import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'

setDefaultTimeout(120_000)

/** Debian's package prometheus has it. */
const PROMTOOL = Bun.which('promtool')

test.skipIf(!PROMTOOL)('each rule fires when it should, and none while all is well (promtool)', () => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([
    PROMTOOL!,
    'test',
    'rules',
    join(import.meta.dir, 'prometheus-rules.yml'),
  ])
  expect([exitCode, exitCode === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, ''])
})
