import { connect } from '../db/engines/connect.ts'
import { createEncryption } from '../lib/encryption.ts'
import { generatedSecret } from '../lib/generated-secret.ts'
import { createLog } from '../lib/log.ts'
import { announceReady, loadConfig, runProgram } from '../lib/program.ts'
import { stopAll, stopSignal } from '../lib/shutdown.ts'
import { createApp } from './app.ts'
import { createPasswords } from '../db/users/passwords/hashing.ts'
import { createTokens } from './auth/tokens.ts'
import { readApiConfig } from './config.ts'
import { createAnswers, keepFlushing } from './health/answers.ts'
import { listen } from './listen.ts'
import { createFirstUsers, renewServicePassword } from '../db/users/first-users.ts'
import { showPassword } from './users/show-password.ts'

const ROLES = ['sql', 'cache', 'stream', 'history', 'objects'] as const
/** Of these it only says in /health whether they answer. */
const REPORTED = ['queue', 'journal'] as const

const config = loadConfig(readApiConfig)
const log = createLog('api', config.log_level)

await runProgram(async () => {
  const db = await connect(config.db, log, ROLES, REPORTED)
  const { data_dir } = config.db
  const tokens = createTokens(
    config.jwt_secret ?? (await generatedSecret(data_dir, 'jwt_secret')),
    config.jwt_expires_s,
    { previous: config.jwt_secret_previous },
  )
  const encryption = createEncryption(
    config.totp_key ?? (await generatedSecret(data_dir, 'totp_key')),
    config.totp_key_previous,
  )
  const service_password = config.service_password ?? (await generatedSecret(data_dir, 'service_password'))

  const passwords = createPasswords(config.password_rounds)
  const answers = createAnswers(db.sql)
  const closing = new AbortController()
  let ready = false
  const parts = { config, db, log, tokens, encryption, passwords, answers }
  const server = listen(createApp({ ...parts, closing: closing.signal, isReady: () => ready }), config)
  const stopFlushing = keepFlushing(answers)
  // Not before the port is ours: a password made by a start that fails might never be read.
  showPassword(await createFirstUsers(db.sql, config, service_password))
  ready = true
  announceReady(log, config.heartbeat_file, { url: server.url })
  renewServicePassword(db.sql, config, service_password).catch((err) => log.error({ err }, 'service user not checked'))

  log.info(`stopping on ${await stopSignal()}`)
  closing.abort()
  await stopAll(log, config.shutdown_s, [
    ['http', server.stop],
    ['answers', stopFlushing],
    ['db', db.close],
  ])
})
