import { afterAll, setDefaultTimeout } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDiskObjects } from '../../db/objects/disk.ts'
import { objectsContract } from './objects.contract.ts'

setDefaultTimeout(30_000)

const data_dir = mkdtempSync(join(tmpdir(), 'doca objetos ção '))
afterAll(() => rmSync(data_dir, { recursive: true }))

objectsContract('disk', () => createDiskObjects(join(data_dir, 'objects')))
