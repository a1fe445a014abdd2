/** A job whose conf has every kind of field. */
import { Type } from '@sinclair/typebox'
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'forms',
  schedule: '@never',
  conf: Type.Object({
    customer: Type.String({ minLength: 3, description: 'As on the <b>invoice</b>' }),
    channel: Type.Union([Type.Literal('mail'), Type.Literal('slack')], { default: 'mail' }),
    copies: Type.Integer({ minimum: 1, maximum: 5, default: 1 }),
    discount: Type.Optional(Type.Number({ minimum: 0, maximum: 0.5 })),
    day: Type.Optional(Type.String({ format: 'date' })),
    at: Type.Optional(Type.String({ format: 'date-time' })),
    urgent: Type.Boolean({ default: false }),
    tags: Type.Array(Type.String({ minLength: 2 }), { default: [], maxItems: 3 }),
    address: Type.Optional(Type.Object({ street: Type.String(), number: Type.Optional(Type.Integer()) })),
    extra: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
  run: ({ conf }) => conf,
})
