import { Value } from '@sinclair/typebox/value'
import { Elysia } from 'elysia'
import { unstorablePart } from '../../db/engines/postgres/storable.ts'
import { triggerByWebhook } from '../../db/jobs/control-jobs.ts'
import { validationFailed } from '../../lib/errors.ts'
import { errorItems } from '../../lib/validation-texts.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, isSignedIn, sessionOf } from '../http/authenticate.ts'
import { parseJson, readBytes } from '../http/body.ts'
import { jsonBody, responses } from '../http/responses.ts'
import { accepted, webhookBody } from './model.ts'
import { checkSignature } from './signature.ts'

export function webhook({ config, db }: ApiContext) {
  return new Elysia({ name: 'webhook' }).post(
    '/webhook/airflow',
    async ({ request }) => {
      // Nothing of the body is looked at before its sender is known.
      const bytes = await readBytes(request)
      const signature = isSignedIn(request) ? undefined : checkSignature(request, bytes, config.webhook_secret!)
      const body = parseJson(bytes, webhookBody)
      if (!Value.Check(webhookBody, body)) throw validationFailed(errorItems(Value.Errors(webhookBody, body)))
      const unstorable = unstorablePart(body)
      if (unstorable) throw validationFailed([{ path: '/', message: unstorable }])
      // A sender that signs has no user here.
      const actor = actorOf(request, isSignedIn(request) ? sessionOf(request) : SIGNER)
      const run_id = await triggerByWebhook(db.sql, body, signature, actor)
      return jsonAnswer({ run_id }, 202, { location: `/runs/${run_id}` })
    },
    {
      detail: {
        tags: ['jobs'],
        access: 'signed',
        body: 'raw',
        summary: 'Start a job by name, with a token or signed with WEBHOOK_SECRET',
        description:
          'Signed: X-Timestamp in Unix seconds, within 300 s of now, and X-Signature-256: sha256= and the HMAC-SHA256, in ' +
          'hexadecimal, of the timestamp, a dot and the body. A repeated event_id answers with the run of the first time.',
        requestBody: jsonBody(webhookBody),
        responses: responses({ 202: { schema: accepted, headers: ['Location'] } }, [400, 404, 409, 413, 415, 422]),
      },
    },
  )
}

const SIGNER = { user_id: null, username: 'signed webhook' }
