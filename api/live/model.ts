import { t } from 'elysia'
import { MEANING } from '../../lib/validation-texts.ts'
import { oneOf } from '../http/schemas.ts'
import { TOPICS } from './topics.ts'

const TOPIC = `(?:${TOPICS.join('|')})`

export const liveQuery = t.Object(
  {
    topics: t.String({
      maxLength: 200,
      pattern: `^${TOPIC}(?:,${TOPIC})*$`,
      description: `One or more of ${TOPICS.join(', ')}, separated by commas.`,
      [MEANING]: {
        en: `one or more of ${TOPICS.join(', ')}, separated by commas`,
        pt: `um ou mais entre ${TOPICS.join(', ')}, separados por vírgulas`,
      },
      examples: ['alerts,jobs'],
    }),
  },
  { additionalProperties: false },
)

/** One of the events of the stream. */
export const liveEvent = t.Object(
  {
    event: oneOf(['changed']),
    id: t.String({ description: 'For Last-Event-ID.' }),
    data: t.String({ description: 'JSON: `{"topics": […]}`, those in which something has changed.' }),
  },
  { title: 'LiveEvent', examples: [{ event: 'changed', id: '1763607631000', data: '{"topics":["alerts"]}' }] },
)
