/**
 * Runs around every test file: nothing that a test started outlives it. A time limit cannot be set here for all: Bun
 * applies it to the first file only, so each file sets its own, with room for a busy machine.
 */
import { afterAll } from 'bun:test'
import { leaveTestServer } from './database.ts'
import { killLeftPrograms } from './program.ts'

afterAll(killLeftPrograms)
afterAll(leaveTestServer)
