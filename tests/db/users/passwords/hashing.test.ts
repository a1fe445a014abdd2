import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { hashPassword, verifyPassword } from '../../../../db/users/passwords/hash.ts'
import { createPasswords } from '../../../../db/users/passwords/hashing.ts'

setDefaultTimeout(120_000)

describe('hashing', () => {
  test('composed and decomposed accents, and any kind of space, are the same password', async () => {
    const stored = await hashPassword('pão de queijo'.normalize('NFC'), 10)
    expect(await verifyPassword('pa\u0303o de\u00a0queijo', stored)).toBeTrue()
    expect(await verifyPassword('pao de queijo', stored)).toBeFalse()
    // Django hashes º as it is; NFKC would make an o of it.
    expect(await verifyPassword('1o lugar', await hashPassword('1º lugar', 10))).toBeFalse()
  })

  test('at most one core less than there are works at once, eight wait, the next is told to come again', async () => {
    const { turn } = createPasswords(10, 2)
    let [working, most] = [0, 0]
    const gate = Promise.withResolvers<void>()
    const work = async () => {
      most = Math.max(most, ++working)
      await gate.promise
      working--
      return 'done'
    }
    const turns = Array.from({ length: 10 }, () => turn(work))
    await expect(turn(work)).rejects.toMatchObject({ code: 'busy', kind: 'busy', retry_after_s: 2 })
    expect(working).toBe(2)
    gate.resolve()
    expect(await Promise.all(turns)).toEqual(Array.from({ length: 10 }, () => 'done'))
    expect(most).toBe(2)
    await expect(turn(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await turn(work)).toBe('done')
  })

  test('known ones wait where strangers are refused, and go before those that wait', async () => {
    const { turn } = createPasswords(10, 1)
    const gate = Promise.withResolvers<void>()
    const order: string[] = []
    const work = (name: string) => async () => {
      await gate.promise
      order.push(name)
    }
    const strangers = Array.from({ length: 9 }, (_, i) => turn(work(`stranger ${i}`), async () => false))
    await expect(turn(work('late'), async () => false)).rejects.toMatchObject({ code: 'busy' })
    await expect(turn(work('broken'), () => Promise.reject(new Error('no database')))).rejects.toThrow('no database')
    const known = Array.from({ length: 8 }, (_, i) => turn(work(`known ${i}`), async () => true))
    // More at once are not even looked up.
    await expect(turn(work('ninth'), async () => true)).rejects.toMatchObject({ code: 'busy' })
    await Bun.sleep(0)
    await expect(turn(work('tenth'), async () => true)).rejects.toMatchObject({ code: 'busy' })
    gate.resolve()
    await Promise.all([...strangers, ...known])
    expect(order.slice(0, 3)).toEqual(['stranger 0', 'known 0', 'known 1'])
    expect(order).toHaveLength(17)
  })

  test('hashing leaves the event loop and a file to read free', async () => {
    const { turn } = createPasswords(150_000)
    let hashed = 0
    const turns = Array.from({ length: 4 }, () => turn(({ hash }) => hash('x')).then(() => void hashed++))
    await readFile('/etc/hostname')
    expect(hashed).toBeLessThan(4)
    await Promise.all(turns)
  })

  test("nobody's password is never right", async () => {
    const { turn } = createPasswords(10)
    expect(await turn(({ verify }) => verify('nobody', null))).toEqual({ right: false, outdated: false })
  })
})
