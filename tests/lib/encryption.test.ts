import { expect, setDefaultTimeout, test } from 'bun:test'
import { createEncryption } from '../../lib/encryption.ts'

setDefaultTimeout(120_000)

const SECRET = new Uint8Array([0, 1, 2, 255, 254, 128])

test('what is encrypted is decrypted for its owner alone, and looks different every time', () => {
  const encryption = createEncryption('a key')
  const [one, two] = [encryption.encrypt(SECRET, 'ana'), encryption.encrypt(SECRET, 'ana')]
  expect(one).not.toEqual(two)
  expect(encryption.decrypt(one, 'ana')).toEqual({ secret: SECRET, stale: false })
  expect(encryption.decrypt(two, 'ana')).toEqual({ secret: SECRET, stale: false })
  expect(encryption.decrypt(one, 'bia')).toBeNull()
  expect(createEncryption('a key').decrypt(one, 'ana')!.secret).toEqual(SECRET)
})

test('nothing is decrypted after a single changed bit anywhere, a cut or an addition', () => {
  const encryption = createEncryption('a key')
  const encrypted = encryption.encrypt(SECRET, 'ana')
  for (let i = 0; i < encrypted.length * 8; i++) {
    const changed = Uint8Array.from(encrypted)
    changed[i >> 3]! ^= 1 << (i & 7)
    expect(encryption.decrypt(changed, 'ana')).toBeNull()
  }
  for (let length = 0; length < encrypted.length; length++)
    expect(encryption.decrypt(encrypted.slice(0, length), 'ana')).toBeNull()
  expect(encryption.decrypt(Uint8Array.from([...encrypted, 0]), 'ana')).toBeNull()
})

test('a previous key decrypts what it encrypted, marked as stale, and encrypts nothing; a forgotten one decrypts nothing', () => {
  const before = createEncryption('the old key').encrypt(SECRET, 'ana')
  const changed = createEncryption('the new key', 'the old key')
  expect(changed.decrypt(before, 'ana')).toEqual({ secret: SECRET, stale: true })
  expect(createEncryption('the old key').decrypt(changed.encrypt(SECRET, 'ana'), 'ana')).toBeNull()
  expect(createEncryption('the new key').decrypt(before, 'ana')).toBeNull()
})
