import { expect, test } from 'bun:test'
import { lesserRole } from '../../../db/users/api-keys/api-keys.ts'
import { generateKey, hashOfKey, isMeantAsKey } from '../../../db/users/api-keys/key-text.ts'

test('a key has a prefix that scanners find, and is its own each time', () => {
  const keys = Array.from({ length: 100 }, generateKey)
  for (const { key, hash, start } of keys) {
    expect(key).toMatch(/^doca_[0-9A-Za-z]{49}$/)
    expect(key.startsWith(start)).toBe(true)
    expect(start).toHaveLength(9)
    expect(hashOfKey(key)).toEqual(hash)
    expect(isMeantAsKey(key)).toBe(true)
  }
  expect(new Set(keys.map(({ key }) => key)).size).toBe(100)
})

test('a mistyped, cut or made-up key is known for none without a lookup', () => {
  const { key } = generateKey()
  for (let at = 0; at < key.length; at++) {
    const typo = key.slice(0, at) + (key[at] === 'A' ? 'B' : 'A') + key.slice(at + 1)
    expect([at, hashOfKey(typo)]).toEqual([at, null])
  }
  for (const text of [
    key.slice(0, -1),
    `${key}0`,
    `${key}\n`,
    ` ${key}`,
    key.toUpperCase(),
    'doca_',
    `doca_${'0'.repeat(49)}`,
  ])
    expect([text, hashOfKey(text)]).toEqual([text, null])
})

test('of two roles the lesser is the one that may do less', () => {
  expect(lesserRole('admin', 'viewer')).toBe('viewer')
  expect(lesserRole('operator', 'admin')).toBe('operator')
  expect(lesserRole('viewer', 'viewer')).toBe('viewer')
})
