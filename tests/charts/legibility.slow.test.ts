/** The picture of every case and every workbook from outside can be read; tests/lib/chart/legibility.test.ts has the hard ones. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FIXTURES, planOf } from '../kit/make-workbook.ts'
import { faultsOfPicture } from '../kit/svg-boxes.ts'
import { CASES } from './cases/index.ts'
import { judge } from './cases/judge.ts'

setDefaultTimeout(300_000)

test('in no picture do texts meet, lie on a bar, leave the frame or end in dots where there was room', async () => {
  const faults: string[] = []
  let pictures = 0
  for (const one of CASES) {
    const { plan } = await judge(one)
    if (!plan) continue
    pictures++
    for (const fault of await faultsOfPicture(plan, one.locale)) faults.push(`${one.name}: ${fault}`)
  }
  for (const file of readdirSync(FIXTURES).filter((name) => name.endsWith('.xlsx'))) {
    pictures++
    for (const fault of await faultsOfPicture(await planOf(join(FIXTURES, file)))) faults.push(`${file}: ${fault}`)
  }
  expect(pictures).toBeGreaterThan(300)
  expect(faults).toEqual([])
})
