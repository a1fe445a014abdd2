/** The pages behind the `type` of a problem: what happened and what to do, as HTML for people and as JSON for programs. */
import { Elysia } from 'elysia'
import { AppError } from '../../lib/errors.ts'
import { textIn, type Locale } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { textAnswer } from '../http/etag.ts'
import { languageOf } from '../http/language.ts'
import { problemType, STATUS, titleOf } from '../http/problems.ts'
import { responses } from '../http/responses.ts'
import { PROBLEMS } from './codes.ts'
import { problemAnswer, problemParams, problemsAnswer, type ProblemDescription } from './model.ts'
import { listPage, PAGE_POLICY, problemPage } from './pages.ts'

const tags = ['problems']
const html = { 'text/html': { schema: { type: 'string' } } }

export function problems({ config }: Pick<ApiContext, 'config'>) {
  return new Elysia({ name: 'problems', prefix: '/docs/problems' })
    .get(
      '',
      ({ request }) => {
        const locale = languageOf(request, config.locale)
        const items = [...PROBLEMS.keys()].map((code) => describe(code, locale))
        return answer(request, locale, { items }, () => listPage(items, locale))
      },
      {
        detail: {
          tags,
          access: 'public',
          summary: 'Every code that a problem can have',
          description:
            'A page where Accept names text/html, otherwise JSON; in Portuguese or English by Accept-Language.',
          responses: responses({ 200: { schema: problemsAnswer, content: html } }, [], [500]),
        },
      },
    )
    .get(
      '/:code',
      ({ params, request }) => {
        const locale = languageOf(request, config.locale)
        const problem = describe(params.code, locale)
        return answer(request, locale, problem, () => problemPage(problem, locale))
      },
      {
        params: problemParams,
        detail: {
          tags,
          access: 'public',
          summary: 'What a code means, and what to do',
          description:
            'A page where Accept names text/html, otherwise JSON; in Portuguese or English by Accept-Language.',
          responses: responses({ 200: { schema: problemAnswer, content: html } }, [404], [500]),
        },
      },
    )
}

function describe(code: string, locale: Locale): ProblemDescription {
  const text = PROBLEMS.get(code)
  if (!text)
    throw new AppError('not_found', 'problem_not_found', {
      en: `There is no problem ${code}; GET /docs/problems lists them.`,
      pt: `Não existe o problema ${code}; GET /docs/problems mostra todos.`,
    })
  const status = STATUS[text.kind]
  const { what, action } = text
  const title = titleOf(status, locale)
  return { type: problemType(code), code, status, title, what: textIn(what, locale), action: textIn(action, locale) }
}

const wantsPage = (request: Request) => request.headers.get('accept')?.includes('text/html') ?? false

function answer(request: Request, locale: Locale, value: object, page: () => string): Response {
  const headers = { 'content-language': locale, vary: 'Accept, Accept-Language' }
  return wantsPage(request)
    ? textAnswer(request, page(), {
        ...headers,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': PAGE_POLICY,
      })
    : textAnswer(request, JSON.stringify(value), { ...headers, 'content-type': 'application/json' })
}
