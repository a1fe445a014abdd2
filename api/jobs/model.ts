import { t } from 'elysia'

/** What Airflow, or anything else, sends to start a job. */
export const webhookBody = t.Object(
  {
    job: t.Optional(t.String({ minLength: 1, maxLength: 200, description: 'The name of a job here.' })),
    dag_id: t.Optional(t.String({ minLength: 1, maxLength: 200, description: 'The same, as Airflow calls it.' })),
    conf: t.Optional(t.Record(t.String(), t.Unknown(), { description: 'Handed to the job as its conf.' })),
    event_id: t.Optional(
      t.String({ minLength: 1, maxLength: 200, description: 'Sent again, it gives the run of the first time.' }),
    ),
  },
  { additionalProperties: false, examples: [{ dag_id: 'process_data', conf: {}, event_id: '4711' }] },
)

export const accepted = t.Object({ run_id: t.String({ format: 'uuid' }) })
