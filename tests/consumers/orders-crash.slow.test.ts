import { describe, setDefaultTimeout } from 'bun:test'
import { crashContract } from './orders-crash.ts'

setDefaultTimeout(120_000)

describe('orders on the database alone outlive', () => crashContract({}))
