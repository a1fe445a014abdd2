import { beforeAll, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { outageFiles } from '../../../jobs/alerts/outage-file.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

let folder: string
beforeAll(() => void (folder = temporaryFolder()))

test('channels that keep what they told at the same time do not tear the file', async () => {
  const files = outageFiles(folder)
  const outage = {
    id: Bun.randomUUIDv7(),
    opened_at: new Date(),
    fired_at: new Date(),
    detail: { en: 'x', pt: 'x' },
    failures: 3,
    nth: 1,
    told: {} as Record<string, Date | null>,
  }
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => {
      outage.told[`channel${n}`] = new Date()
      return files.write(outage)
    }),
  )
  const [kept] = await files.all()
  expect(Object.keys(kept!.told)).toHaveLength(20)
  await Promise.all([files.write(outage), files.remove(outage.id)])
  expect(await readdir(folder)).toEqual([])
})
