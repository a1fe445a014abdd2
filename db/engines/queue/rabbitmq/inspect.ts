/** Inspects the RabbitMQ behind the queue, for `bun run doctor`: makes a scratch queue, sends, takes and removes. */
import type { ChannelModel } from 'amqplib'
import { AppError } from '../../../../lib/errors.ts'
import type { Inspection } from '../../inspection.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { nameOf, readRabbitmqUrl, type RabbitmqEndpoint } from './url.ts'
import { openConnection } from './connection.ts'
import { connectProblem, declareProblem, unavailable } from './errors.ts'

const DEADLINE_MS = 5_000
const SCRATCH_MS = 60_000
/** The first whose quorum queues know a TTL and dead-lettering that loses nothing. */
const OLDEST = '3.10'

/** Throws AppError when we cannot get in, or may not do what a queue does. */
export async function inspectRabbitmq(url: string): Promise<Inspection> {
  const endpoint = readRabbitmqUrl(url)
  const scratch = `doca-scratch-${crypto.randomUUID()}`
  let model: ChannelModel | undefined
  try {
    model = await openConnection(endpoint, 'doctor').catch(async (err: unknown) => {
      throw await connectProblem(endpoint, err)
    })
    model.on('error', () => {})
    return await withDeadline(inspect(model, scratch), DEADLINE_MS, nameOf(endpoint))
  } catch (err) {
    throw asAppError(endpoint, scratch, err)
  } finally {
    await withDeadline(model?.close() ?? Promise.resolve(), DEADLINE_MS).catch(() => {})
  }
}

async function inspect(model: ChannelModel, scratch: string): Promise<Inspection> {
  const problems: Inspection['problems'] = []
  const { version } = model.connection.serverProperties
  if (Bun.semver.order(`${version.split('-')[0]}`, `${OLDEST}.0`) < 0)
    problems.push({ found: `it is version ${version}`, fix: `use RabbitMQ ${OLDEST} or later.` })
  const channel = await model.createConfirmChannel()
  channel.on('error', () => {})
  // It goes by itself when we cannot remove it.
  const settings = { 'x-queue-type': 'quorum', 'x-expires': SCRATCH_MS }
  await channel.assertQueue(scratch, { durable: true, arguments: settings })
  const asked = performance.now()
  channel.sendToQueue(scratch, Buffer.from('scratch'), { persistent: true, mandatory: true })
  // A publisher is told of an alarm, instead of the confirm.
  const alarm = await Promise.race([channel.waitForConfirms(), whenBlocked(model)])
  const latency_ms = Math.round((performance.now() - asked) * 100) / 100
  if (typeof alarm === 'string')
    problems.push({ found: `it takes no messages now (${alarm})`, fix: 'make room for it; it goes on by itself.' })
  // While there is an alarm the broker reads nothing more from us.
  else {
    await channel.get(scratch, { noAck: true })
    await channel.deleteQueue(scratch)
  }
  return { version, latency_ms, problems }
}

function whenBlocked(model: ChannelModel): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  model.on('blocked', resolve)
  return promise
}

function asAppError(endpoint: RabbitmqEndpoint, scratch: string, err: unknown): AppError {
  if (err instanceof AppError && err.code !== 'engine_timeout') return err
  return (
    declareProblem(endpoint, scratch, err) ??
    unavailable({ en: `${nameOf(endpoint)} does not answer`, pt: `${nameOf(endpoint)} não responde` }, err)
  )
}
