import { setDefaultTimeout, test } from 'bun:test'
import { checkSchemas } from './schemas.ts'

setDefaultTimeout(180_000)

test('whatever people made in a database comes back: three random schemas', () => checkSchemas(3))
