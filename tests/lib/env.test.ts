import { expect, setDefaultTimeout, test } from 'bun:test'
import { ConfigError, envReader } from '../../lib/env.ts'

setDefaultTimeout(120_000)

test('every problem is listed at once, each with how to fix it', () => {
  const env = envReader({ PORT: 'eighty', SHUTDOWN_S: '-1', DATABASE_URL: 'mysql://root:hunter2@db', MODE: 'odd' })
  env.port('PORT', 8004)
  env.integer('SHUTDOWN_S', 30)
  env.url('DATABASE_URL', ['postgres', 'postgresql'])
  env.choice('MODE', ['initial', 'append'], 'append')
  try {
    env.finish()
    throw new Error('no problem was found')
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ConfigError)
    const { problems, message } = thrown as ConfigError
    expect(problems).toEqual([
      'PORT is "eighty"; set a whole number from 1 to 65535, or unset it for 8004.',
      `SHUTDOWN_S is "-1"; set a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, or unset it for 30.`,
      'DATABASE_URL starts with mysql://; it should be postgres:// or postgresql://.',
      'MODE is "odd"; set one of initial, append, or unset it for append.',
    ])
    expect(message).not.toContain('hunter2')
  }
})

test('an empty variable counts as unset', () => {
  const env = envReader({ PORT: ' ', NAMES: 'a, b,,c' })
  expect(env.port('PORT', 8004)).toBe(8004)
  expect(env.list('NAMES')).toEqual(['a', 'b', 'c'])
  env.finish()
})
