import { expect, setDefaultTimeout, test } from 'bun:test'
import { createSealer } from '../../lib/encryption.ts'

setDefaultTimeout(30_000)

const SECRET = new Uint8Array([0, 1, 2, 255, 254, 128])

test('what is sealed opens again for its owner alone, and looks different every time', () => {
  const sealer = createSealer('a key')
  const [one, two] = [sealer.seal(SECRET, 'ana'), sealer.seal(SECRET, 'ana')]
  expect(one).not.toEqual(two)
  expect(sealer.open(one, 'ana')).toEqual({ secret: SECRET, stale: false })
  expect(sealer.open(two, 'ana')).toEqual({ secret: SECRET, stale: false })
  expect(sealer.open(one, 'bia')).toBeNull()
  expect(createSealer('a key').open(one, 'ana')!.secret).toEqual(SECRET)
})

test('a single changed bit anywhere, a cut and a longer text open nothing', () => {
  const sealer = createSealer('a key')
  const sealed = sealer.seal(SECRET, 'ana')
  for (let i = 0; i < sealed.length * 8; i++) {
    const changed = Uint8Array.from(sealed)
    changed[i >> 3]! ^= 1 << (i & 7)
    expect(sealer.open(changed, 'ana')).toBeNull()
  }
  for (let length = 0; length < sealed.length; length++) expect(sealer.open(sealed.slice(0, length), 'ana')).toBeNull()
  expect(sealer.open(Uint8Array.from([...sealed, 0]), 'ana')).toBeNull()
})

test('a previous key opens what it sealed, marked as stale, and seals nothing; a forgotten one opens nothing', () => {
  const before = createSealer('the old key').seal(SECRET, 'ana')
  const changed = createSealer('the new key', 'the old key')
  expect(changed.open(before, 'ana')).toEqual({ secret: SECRET, stale: true })
  expect(createSealer('the old key').open(changed.seal(SECRET, 'ana'), 'ana')).toBeNull()
  expect(createSealer('the new key').open(before, 'ana')).toBeNull()
})
