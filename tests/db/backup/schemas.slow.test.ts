/** The property that whatever people made in a database comes back: catalogue, rows and numbering. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import type { Sql } from 'postgres'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { restore } from '../../../db/backup/restore.ts'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { catalogueOf, rowsOf } from './catalogue.ts'
import { emptyPlace, place } from './place.ts'
import { randomSchema } from './random-schema.ts'

setDefaultTimeout(600_000)

/** Other ones in each run; fast-check says with a failure how to make them again. */
const RUNS = 20

test('whatever people made in a database comes back: random schemas', async () => {
  const comesBack = fc.asyncProperty(fc.gen(), async (g) => {
    const statements = randomSchema(g)
    const [office, other] = await Promise.all([place(), emptyPlace()])
    try {
      // A few contradict each other; what is left is a schema all the same.
      const refused: string[] = []
      const make = async (sql: Sql) => {
        for (const statement of statements)
          await sql.unsafe(statement).catch((err) => refused.push(`${err.message}: ${statement}`))
      }
      await make(office.sql)
      expect(refused.length > statements.length / 10 ? refused : []).toEqual([])
      const made = await makeBackup(office)
      expect(made.warnings.join()).not.toContain('not carry')
      // In the place of as much, or where nothing is.
      const replace = g(fc.boolean)
      if (replace) await migrateDatabase(other.database.url)
      if (replace) await make(other.sql)
      expect(await restore(made.path, other.open, { key: undefined, replace })).toMatchObject({
        rows: made.rows,
        lost: [],
      })
      expect(await catalogueOf(other.sql)).toEqual(await catalogueOf(office.sql))
      expect(await rowsOf(other.sql)).toEqual(await rowsOf(office.sql))
    } finally {
      await Promise.all([office.close(), other.close()])
    }
  })
  await fc.assert(comesBack, { numRuns: RUNS, endOnFailure: true })
})
