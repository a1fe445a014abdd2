import { expect, test } from 'bun:test'
import { problemResponse } from '../../api/http/problems.ts'
import { AppError } from '../../lib/errors.ts'
import { createLog } from '../../lib/log.ts'

test('whoever ends a statement, server or program, a client is told the same', async () => {
  const coded = (code: string) => Object.assign(new Error('canceling statement'), { code })
  const late = new AppError('unavailable', 'database_timeout', 'The database has not answered within 5 s.')
  for (const thrown of [coded('57014'), coded('55P03'), coded('25P03'), late]) {
    const answer = problemResponse(thrown, 'request', createLog('api', 'silent'), { locale: 'pt-BR' })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(answer.headers.get('content-language')).toBe('pt-BR')
    expect(await answer.json()).toMatchObject({ code: 'database_timeout', title: 'Serviço indisponível' })
  }
})
