import { describe, setDefaultTimeout } from 'bun:test'
import { modelContract } from './orders-model/contract.ts'

setDefaultTimeout(120_000)

describe('on the database alone', () => modelContract({ engines: {}, runs: 4 }))
