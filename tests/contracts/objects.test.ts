import { afterAll, setDefaultTimeout } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openObjects } from '../../db/objects/index.ts'
import { objectsContract } from './objects.contract.ts'

setDefaultTimeout(30_000)

const data_dir = mkdtempSync(join(tmpdir(), 'doca objetos ção '))
afterAll(() => rmSync(data_dir, { recursive: true }))

objectsContract('disk', () => openObjects({ data_dir }))
