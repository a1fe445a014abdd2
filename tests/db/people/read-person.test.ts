import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { peopleLetters } from '../../../db/people/letters.ts'
import { PERSON_FIELDS } from '../../../db/people/person.ts'
import { readPerson } from '../../../db/people/read-person.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const id = '0a1b2c3d-0000-4000-8000-000000000001'

test('whatever the bytes are, there is a person with texts alone, or a reason', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map(bytes),
    fc
      .dictionary(fc.constantFrom('id', ...PERSON_FIELDS), fc.jsonValue())
      .map((value) => bytes(JSON.stringify({ id, ...value }))),
    fc
      .record({ email: fc.emailAddress(), nome: fc.string({ unit: 'binary' }), codigo_postal: fc.double() })
      .map((value) => bytes(JSON.stringify({ id, ...value }))),
  )
  fc.assert(
    fc.property(anything, (value) => {
      const read = readPerson(value)
      if ('reason' in read) expect(read.detail).not.toBe('')
      else
        for (const text of Object.values(read)) {
          expect(text === null || (text === text.trim() && text.isWellFormed() && !text.includes('\0'))).toBeTrue()
        }
    }),
    { numRuns: 300 },
  )
})

test('a letter whose fields nest 30,000 deep, or hold a number beyond 2^53, is not edited: it would not come back as it was', () => {
  const deep = '['.repeat(30_000) + ']'.repeat(30_000)
  for (const nome of [deep, '9007199254740993', '1e400'])
    expect(peopleLetters.readFields(bytes(`{"id":"${id}","email":"ana@","nome":${nome}}`))).toBeNull()
  const body = bytes(`{"id":"${id}","email":12,"nome":"Ána","__proto__":"x"}`)
  expect(peopleLetters.readFields(body)).toEqual({ email: '' })
  const edited = new TextDecoder().decode(peopleLetters.withFields(body, { email: 'a@example.com' }))
  expect(edited).toBe(`{"id":"${id}","email":"a@example.com","nome":"Ána","__proto__":"x"}`)
})
