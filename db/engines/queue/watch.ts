/** Measures a queue, and carries traces over it: in each message's headers, and from there into its handler. */
import type { Carrier } from '../../../lib/tracing/tracing.ts'
import type { Watch } from '../../../lib/watch.ts'
import type { Queue, QueueMessage } from './queue.ts'

export function watchQueue(queue: Queue, engine: string, { metrics, tracing }: Watch): Queue {
  const published = metrics.counter('doca_queue_published_total', 'Messages that were published.', ['queue'])
  const took = metrics.histogram(
    'doca_queue_delivery_duration_seconds',
    'Deliveries in their handler, by what it decided; failed: it threw, which is a retry.',
    ['queue', 'decision'],
  )
  const about = (name: string, operation: string) => ({
    'messaging.system': engine,
    'messaging.destination.name': name,
    'messaging.operation.type': operation,
  })
  return {
    ...queue,

    publish(name, messages) {
      const attributes = { ...about(name, 'send'), 'messaging.batch.message_count': messages.length }
      return tracing.span({ name: `send ${name}`, kind: 'producer', attributes }, async ({ carrier }) => {
        await queue.publish(
          name,
          carrier.traceparent === undefined ? messages : messages.map((one) => carrying(one, carrier)),
        )
        published([name], messages.length)
      })
    },

    consume(settings, handler, options) {
      const { name } = settings
      return queue.consume(
        settings,
        async (delivery, signal) => {
          const begun_at = performance.now()
          const attributes = {
            ...about(name, 'process'),
            'messaging.message.id': delivery.id,
            'doca.attempt': delivery.attempt,
          }
          let decision = 'failed'
          try {
            return await tracing.span(
              { name: `process ${name}`, kind: 'consumer', parent: delivery.headers, attributes },
              async (span) => {
                const decided = await handler(delivery, signal)
                decision = decided
                span.tell({ 'doca.decision': decided })
                return decided
              },
            )
          } finally {
            took([name, decision], (performance.now() - begun_at) / 1000)
          }
        },
        options,
      )
    },
  }
}

function carrying(message: QueueMessage, { traceparent, tracestate }: Carrier): QueueMessage {
  if (message.headers?.traceparent !== undefined) return message
  return { ...message, headers: { ...message.headers, traceparent: traceparent!, ...(tracestate && { tracestate }) } }
}
