/** What the doctor says of a table of records in sql. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Sql } from 'postgres'
import { recordRights, type RecordRights } from '../../../db/engines/history/sql/inspect-records.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(60_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const table = { keyspace: 'people_of_others', name: 'tb', key: 'id', columns: ['nome'] }

/** What a user finds after these statements, which may take its own rights away; nothing of it stays. */
async function rightsAfter(...statements: string[]): Promise<RecordRights> {
  let rights: RecordRights | undefined
  const undo = new Error('undo')
  await database.sql
    .begin(async (tx) => {
      for (const statement of statements) await tx.unsafe(statement)
      rights = await recordRights(tx as unknown as Sql, table)
      throw undo
    })
    .catch((err) => {
      if (err !== undo) throw err
    })
  return rights!
}

const SCHEMA = 'create schema people_of_others'
const NO_SCHEMA = 'revoke all on schema people_of_others from current_user'
const TABLE = 'create table people_of_others.tb (id uuid primary key, nome text)'

test('a table that is missing may be made, or the statement that allows it is named and suffices', async () => {
  expect(await recordRights(database.sql, table)).toMatchObject({ is_there: false, missing: null })
  const [{ name }] = await database.sql<[{ name: string }]>`select quote_ident(current_database()) as name`
  const without = `revoke all on database ${name} from current_user, public`
  const refused = await rightsAfter(without)
  expect(refused.missing!.fix).toStartWith(`GRANT CREATE ON DATABASE ${name} TO `)
  expect(await rightsAfter(without, refused.missing!.fix)).toMatchObject({ is_there: false, missing: null })
  expect((await rightsAfter(SCHEMA, NO_SCHEMA)).missing!.found).toBe('it cannot use the schema people_of_others')
})

test('a schema or a table of others may be written, or the statements that allow it are named and suffice', async () => {
  const given = [SCHEMA, TABLE, 'revoke all on people_of_others.tb from current_user', NO_SCHEMA]
  const asked = []
  for (let { missing } = await rightsAfter(...given); missing; { missing } = await rightsAfter(...given)) {
    asked.push(missing.found)
    given.push(missing.fix)
    expect(asked.length).toBeLessThan(4)
  }
  expect(asked).toEqual(['it cannot use the schema people_of_others', 'it cannot write people_of_others.tb'])
  expect(await rightsAfter(SCHEMA, TABLE)).toMatchObject({ is_there: true, missing: null })
})
