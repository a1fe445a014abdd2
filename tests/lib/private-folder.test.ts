import { expect, test } from 'bun:test'
import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { closeToOthers, isOpenToOthers, isShared } from '../../lib/private-folder.ts'
import { openPaths } from '../kit/open-paths.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

const folder = temporaryFolder()

const modeOf = (path: string) => (lstatSync(path).mode & 0o7777).toString(8)
function make(name: string, mode: number, text?: string): string {
  const path = join(folder, name)
  if (text === undefined) mkdirSync(path)
  else writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

test('a folder that was left open is closed with what is in it, and programs stay programs', () => {
  const inner = make('objects', 0o755)
  const deep = make('objects/uploads', 0o2775)
  const file = make('objects/uploads/a.csv', 0o664, 'a')
  const program = make('program', 0o755, '#!/bin/sh')
  const own = make('secret', 0o400, 'x')
  chmodSync(folder, 0o755)
  expect(isOpenToOthers(folder)).toBe(true)
  expect(openPaths(folder)).toHaveLength(5)
  closeToOthers(folder, () => true)
  expect([folder, inner, deep, file, program, own].map(modeOf)).toEqual(['700', '700', '2700', '600', '700', '400'])
  expect(openPaths(folder)).toEqual([])
  expect(isOpenToOthers(folder)).toBe(false)
})

test('a call that was ended in the middle is completed by the next; links lead nowhere', () => {
  const outside = temporaryFolder()
  const theirs = join(outside, 'theirs')
  writeFileSync(theirs, 'x')
  chmodSync(theirs, 0o644)
  make('alerts', 0o755)
  const left = make('alerts/left', 0o644, 'x')
  symlinkSync(theirs, join(folder, 'alerts/link'))
  symlinkSync(outside, join(folder, 'alerts/folder'))
  // The folder itself is closed already.
  closeToOthers(folder, () => true)
  expect([modeOf(left), modeOf(theirs)]).toEqual(['600', '644'])
  expect(openPaths(folder)).toEqual([])
})

test("what is not ours stays as it is, and so does a folder that is everybody's", () => {
  const shared = make('shared', 0o1777)
  const [ours, theirs] = [make('shared/objects', 0o755), make('shared/else', 0o755)]
  const below = make('shared/else/file', 0o644, 'x')
  closeToOthers(shared, (name) => name === 'objects')
  expect([shared, ours, theirs, below].map(modeOf)).toEqual(['1777', '700', '755', '644'])
  expect([isShared(shared), isShared(ours)]).toEqual([true, false])
  // A folder of one's own with more in it than ours.
  chmodSync(shared, 0o755)
  closeToOthers(shared, (name) => name === 'objects')
  expect([shared, theirs, below].map(modeOf)).toEqual(['700', '755', '644'])
})

test('a folder that is not there is not made', () => {
  const missing = join(folder, 'missing')
  closeToOthers(missing, () => true)
  expect(() => lstatSync(missing)).toThrow('ENOENT')
})
