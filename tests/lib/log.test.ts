import { expect, test } from 'bun:test'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLog, type Log } from '../../lib/log.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

async function linesOf(write: (log: Log) => void): Promise<Array<Record<string, unknown>>> {
  const folder = temporaryFolder()
  const path = join(folder, 'log')
  const fd = openSync(path, 'w')
  write(createLog('test', 'info', { fd }))
  closeSync(fd)
  const text = readFileSync(path, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('a line is JSON with its time, level, program and book', async () => {
  const [first, second] = await linesOf((log) => {
    log.info({ run_id: 'r', size_bytes: 3 }, 'one "quoted"\nword')
    log.warn({ log: 'audit' }, 'two')
  })
  expect(first).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    program: 'test',
    log: 'app',
    run_id: 'r',
    size_bytes: 3,
    msg: 'one "quoted"\nword',
  })
  expect(second).toMatchObject({ level: 'warn', log: 'audit', msg: 'two' })
})

test('what must stay secret is in no line, whatever its type and however deep it is', async () => {
  const key = Buffer.from('hidden-1')
  const [line] = await linesOf((log) =>
    log.info(
      {
        password: 'hidden-2"\\',
        request: { headers: { authorization: 'hidden-3', cookie: ['hidden-4'], accept: 'text/plain' } },
        user: { enrolment: { secret: { key }, name: 'ana' } },
        err: Object.assign(new Error('kept'), { refresh_token: 'hidden-5' }),
        recovery_codes: ['hidden-6', 'hidden-7'],
      },
      'the word "password": stays',
    ),
  )
  expect(JSON.stringify(line)).not.toMatch(/hidden|"data":/)
  expect(line).toMatchObject({
    password: '[Redacted]',
    request: { headers: { authorization: '[Redacted]', cookie: '[Redacted]', accept: 'text/plain' } },
    user: { enrolment: { secret: '[Redacted]', name: 'ana' } },
    err: { message: 'kept', refresh_token: '[Redacted]' },
    recovery_codes: '[Redacted]',
    msg: 'the word "password": stays',
  })
})
