/** An S3 server: versitygw, built once from its Go module; its objects are files below its folder. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import type { Engine, Installation } from './engine.ts'
import { makeOnce, needCommand, run } from './install.ts'

const VERSION = 'v1.8.0'
const ACCESS_KEY = 'doca'
const REGION = 'us-east-1'
const BUCKET = 'doca'

export const s3: Engine = {
  name: 's3',
  ports: { s3: 29_070 },

  install: ({ programs }) =>
    makeOnce(program(programs), async (temporary) => {
      const go = needCommand('go', 'install Go 1.25 or later (https://go.dev/dl), which builds the S3 server')
      const built = `${temporary}.folder`
      await run([go, 'install', `github.com/versity/versitygw/cmd/versitygw@${VERSION}`], { env: { GOBIN: built } })
      await rename(join(built, 'versitygw'), temporary)
      await rm(built, { recursive: true })
    }),

  async prepare({ folder, programs, ports, password }) {
    for (const name of ['data', 'users']) await mkdir(join(folder, name), { recursive: true })
    // Without --keep-alive it closes the connection after every answer.
    const server = ['--port', `127.0.0.1:${ports.s3}`, '--region', REGION, '--keep-alive', '--quiet']
    const storage = ['--iam-dir', join(folder, 'users'), 'posix', join(folder, 'data')]
    return {
      command: [program(programs), ...server, ...storage],
      // Arguments of a command can be read by every user of the machine.
      env: { ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: password },
    }
  },

  async check({ ports, password }) {
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${ports.s3}`,
      region: REGION,
      forcePathStyle: true,
      credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: password },
      maxAttempts: 1,
    })
    try {
      const { Buckets = [] } = await client.send(new ListBucketsCommand({}))
      if (!Buckets.some(({ Name }) => Name === BUCKET)) await client.send(new CreateBucketCommand({ Bucket: BUCKET }))
      return VERSION
    } finally {
      client.destroy()
    }
  },

  variables: ({ ports, password }: Installation) => ({
    OBJECTS_URL: `s3://${BUCKET}?endpoint=http://127.0.0.1:${ports.s3}&region=${REGION}`,
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: password,
  }),
}

const program = (programs: string) => join(programs, `versitygw-${VERSION}`)
