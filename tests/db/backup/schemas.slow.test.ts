import { setDefaultTimeout, test } from 'bun:test'
import { checkSchemas } from './schemas.ts'

setDefaultTimeout(1_800_000)

test('whatever people made in a database comes back: two hundred random schemas', () => checkSchemas(200))
