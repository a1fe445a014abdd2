/** Runs around every test file: nothing that a test started outlives it. */
import { afterAll, setDefaultTimeout } from 'bun:test'
import { leaveTestServer } from './database.ts'
import { killLeftPrograms } from './e2e/program.ts'

setDefaultTimeout(20_000)
afterAll(killLeftPrograms)
afterAll(leaveTestServer)
