import { expect, test } from 'bun:test'
import { createUploads } from '../../api/http/upload.ts'

test('one upload too many at once is asked to come again, before its body is read', async () => {
  const uploads = createUploads(2)
  const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  const under_way = gates.map(({ promise }) => uploads(() => promise))
  let read = false
  await expect(uploads(async () => (read = true))).rejects.toMatchObject({ code: 'uploads_busy', kind: 'busy' })
  expect(read).toBe(false)
  gates[0]!.resolve('done')
  expect(await under_way[0]).toBe('done')
  gates[1]!.reject(new Error('cut off'))
  await expect(under_way[1]!).rejects.toThrow('cut off')
  expect(await uploads(async () => 'room again')).toBe('room again')
})
