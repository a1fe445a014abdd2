/** What OBJECTS_URL may say, and what the configuration says when it does not. */
import { expect, test } from 'bun:test'
import { readDbConfig } from '../../../../../db/engines/config.ts'
import { readS3Url } from '../../../../../db/engines/objects/s3/url.ts'
import { ConfigError, envReader, type Env } from '../../../../../lib/env.ts'

const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }

test('a bucket, an endpoint and a region are read; the region has a default', () => {
  expect(readS3Url('s3://my-bucket?endpoint=http://127.0.0.1:9000&region=eu-west-1')).toEqual({
    address: { bucket: 'my-bucket', endpoint: 'http://127.0.0.1:9000', region: 'eu-west-1' },
    problems: [],
  })
  const onAws = { bucket: 'my-bucket', endpoint: undefined, region: 'us-east-1' }
  expect(readS3Url('s3://my-bucket')).toEqual({ address: onAws, problems: [] })
  expect(problemsOf({ ...KEYS, OBJECTS_URL: 's3://my-bucket?endpoint=https://s3.example.com' })).toBe('')
  expect(problemsOf({ OBJECTS_URL: 's3://my-bucket?region=sa-east-1' })).toBe('')
})

test.each([
  ['s3://My_Bucket', 'bucket'],
  ['s3://ab', 'bucket'],
  ['s3://key:hunter2@my-bucket', 'AWS_ACCESS_KEY_ID'],
  ['s3://my-bucket:9000', 's3://bucket?endpoint='],
  ['s3://my-bucket/folder', 'path'],
  ['s3://my-bucket?endpoint=127.0.0.1:9000', 'endpoint'],
  ['s3://my-bucket?endpoint=http://u:hunter2@host', 'endpoint'],
  ['s3://my-bucket?endpoint=http://host/path', 'endpoint'],
  ['s3://my-bucket?secure=1', 'secure'],
])('%s is refused with what is wrong with it', (url, word) => {
  const said = problemsOf({ ...KEYS, OBJECTS_URL: url })
  expect(said).toContain(`OBJECTS_URL`)
  expect(said).toContain(word)
  expect(said).not.toContain('hunter2')
})

test('an endpoint without keys, and one key without the other, are named', () => {
  const OBJECTS_URL = 's3://my-bucket?endpoint=http://127.0.0.1:9000'
  expect(problemsOf({ OBJECTS_URL })).toContain('there are no keys; set AWS_ACCESS_KEY_ID')
  expect(problemsOf({ OBJECTS_URL, AWS_ACCESS_KEY_ID: 'x' })).toContain('belong together')
  expect(problemsOf({ OBJECTS_URL: 's3://my-bucket', AWS_SECRET_ACCESS_KEY: 'x' })).toContain('belong together')
})

function problemsOf(env: Env): string {
  const reader = envReader(env)
  readDbConfig(reader)
  try {
    reader.finish()
    return ''
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message
    throw thrown
  }
}
