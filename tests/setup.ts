/** Runs around every test file: leaves the test server when the last test is done. */
import { afterAll, setDefaultTimeout } from 'bun:test'
import { leaveTestServer } from './database.ts'

setDefaultTimeout(20_000)
afterAll(leaveTestServer)
