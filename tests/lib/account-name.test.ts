import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { accountName } from '../../lib/account-name.ts'

const own = Bun.spawnSync(['id', '-un']).stdout.toString().trim()

test('an account has its name also where USER is unset', () => {
  const file = join(import.meta.dir, '../../lib/account-name.ts')
  const code = `process.stdout.write((await import(${JSON.stringify(file)})).accountName())`
  const { stdout } = Bun.spawnSync([process.execPath, '-e', code], { env: { PATH: process.env.PATH! } })
  expect(stdout.toString()).toBe(own)
})

test('after sudo it names who came', () => {
  expect(accountName({ SUDO_USER: 'ana' })).toBe(`ana as ${own}`)
  expect(accountName({ SUDO_USER: own })).toBe(own)
})
