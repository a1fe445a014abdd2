/** Measures a stream, and carries traces over it: in each message's headers, and from there into whoever consumes it. */
import type { Carrier, Span } from '../../../lib/tracing/tracing.ts'
import type { Watch } from '../../../lib/watch.ts'
import type { ConsumeOptions, Message, StoredMessage, Stream } from './stream.ts'

export function watchStream(stream: Stream, engine: string, { metrics, tracing }: Watch): Stream {
  const count = metrics.counter('doca_stream_messages_total', 'Messages, as they were produced and finished.', [
    'topic',
    'direction',
  ])
  const took = metrics.histogram(
    'doca_stream_batch_duration_seconds',
    'Batches of one partition in their handler; one that failed comes again.',
    ['topic', 'group', 'outcome'],
  )
  const about = (topic: string, operation: string, messages: number) => ({
    'messaging.system': engine,
    'messaging.destination.name': topic,
    'messaging.operation.type': operation,
    'messaging.batch.message_count': messages,
  })

  function consume(options: ConsumeOptions) {
    const { topic, group, onBatch } = options
    async function watched(messages: StoredMessage[], signal: AbortSignal): Promise<void> {
      const begun_at = performance.now()
      let outcome = 'failed'
      try {
        await traced(messages, () => onBatch(messages, signal))
        outcome = 'ok'
        count([topic, 'consumed'], messages.length)
      } finally {
        took([topic, group, outcome], (performance.now() - begun_at) / 1000)
      }
    }

    /** The batch is a part of the trace that all of it comes from; where it is of many, each has a span that links to the batch. */
    function traced(messages: StoredMessage[], work: () => Promise<void>): Promise<void> {
      const causes = [...new Set(messages.flatMap(({ headers }) => headers.traceparent ?? []))]
      const attributes = { ...about(topic, 'process', messages.length), 'messaging.consumer.group.name': group }
      const start = { name: `process ${topic}`, kind: 'consumer', attributes } as const
      if (causes.length === 1) return tracing.span({ ...start, parent: { traceparent: causes[0]! } }, work)
      return tracing.span({ ...start, links: causes.map((traceparent) => ({ traceparent })) }, async (batch) => {
        const each = causes.map((traceparent) => beginOf({ traceparent }, batch))
        try {
          await work()
          for (const span of each) span.end()
        } catch (thrown) {
          for (const span of each) span.end(thrown)
          throw thrown
        }
      })
    }

    const beginOf = (parent: Carrier, batch: Span): Span =>
      tracing.within(
        {
          name: `process ${topic}`,
          kind: 'consumer',
          parent,
          links: [batch.carrier],
          attributes: about(topic, 'process', 1),
        },
        (span) => span,
      )

    return stream.consume({ ...options, onBatch: watched })
  }

  return {
    ...stream,
    consume,

    produce(topic, messages) {
      const attributes = about(topic, 'send', messages.length)
      return tracing.span({ name: `send ${topic}`, kind: 'producer', attributes }, async ({ carrier }) => {
        await stream.produce(
          topic,
          carrier.traceparent === undefined ? messages : messages.map((one) => carrying(one, carrier)),
        )
        count([topic, 'produced'], messages.length)
      })
    },
  }
}

/** A message that carries on what another has begun says so itself. */
function carrying(message: Message, { traceparent, tracestate }: Carrier): Message {
  if (message.headers?.traceparent !== undefined) return message
  return { ...message, headers: { ...message.headers, traceparent: traceparent!, ...(tracestate && { tracestate }) } }
}
