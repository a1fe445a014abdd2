import { describe, setDefaultTimeout } from 'bun:test'
import { crashContract } from './orders-crash.ts'
import { modelContract } from './orders-model/contract.ts'

setDefaultTimeout(600_000)

describe('orders on the database alone outlive', () => crashContract({}))
describe('orders on the database alone', () => modelContract({ engines: {}, runs: 100 }))
