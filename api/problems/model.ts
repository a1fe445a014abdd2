import { t, type Static } from 'elysia'

const code = { pattern: /^[a-z0-9_]{1,64}$/.source }

export const problemParams = t.Object({ code: t.String({ ...code, description: 'The code of a problem.' }) })

export const problemAnswer = t.Object(
  {
    type: t.String({ format: 'uri-reference', description: 'The page of the problem.' }),
    code: t.String(code),
    status: t.Integer({ minimum: 400, maximum: 599 }),
    title: t.String({ description: 'The name of the status.' }),
    what: t.String({ description: 'What happened.' }),
    action: t.String({ description: 'What to do about it.' }),
  },
  {
    title: 'ProblemDescription',
    examples: [
      {
        type: '/docs/problems/sku_taken',
        code: 'sku_taken',
        status: 409,
        title: 'Conflict',
        what: 'Another packaging item has this sku.',
        action: 'Change that item, or choose another sku.',
      },
    ],
  },
)
export type ProblemDescription = Static<typeof problemAnswer>

export const problemsAnswer = t.Object(
  { items: t.Array(problemAnswer) },
  { title: 'ProblemDescriptions', examples: [{ items: problemAnswer.examples as unknown[] }] },
)
