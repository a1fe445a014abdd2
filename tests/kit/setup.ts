/**
 * Runs around every test file: nothing that a test started outlives it. A time limit cannot be set here for all: Bun
 * applies it to the first file only, so each file sets its own, with room for a busy machine.
 */
import { afterAll } from 'bun:test'
import { existsSync, statfsSync } from 'node:fs'
import { leaveTestServer } from './database.ts'
import { killLeftPrograms } from './program.ts'
import { removeTemporaryFolders } from './temporary-folder.ts'

afterAll(killLeftPrograms)
afterAll(leaveTestServer)
afterAll(removeTemporaryFolders)

// In memory where there is room: a database is a thousand files, and a disk takes a second to make them.
const memory = existsSync('/dev/shm') ? statfsSync('/dev/shm') : undefined
if (memory && memory.bavail * memory.bsize > 2 * 2 ** 30) process.env.TMPDIR = '/dev/shm'
