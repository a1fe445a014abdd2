import type { ProblemText } from './problem-text.ts'

/** Of jobs and their runs, of alerts and silences. */
export const JOB_PROBLEMS = {
  alert_not_firing: {
    kind: 'conflict',
    what: { en: 'The alert has not fired yet.', pt: 'O alerta ainda não disparou.' },
    action: { en: 'Acknowledge it once it fires.', pt: 'Reconheça-o quando disparar.' },
  },
  alert_not_found: {
    kind: 'not_found',
    what: { en: 'No alert has this id.', pt: 'Nenhum alerta tem este id.' },
    action: { en: 'See GET /alerts.', pt: 'Veja GET /alerts.' },
  },
  backfill_range_invalid: {
    kind: 'invalid',
    what: {
      en: 'The range ends before it begins, or begins in a year whose holidays the job does not know.',
      pt: 'O intervalo termina antes de começar, ou começa em um ano cujos feriados o job não conhece.',
    },
    action: {
      en: 'Send `from` before `to`, and begin where `detail` finds no fault.',
      pt: 'Envie `from` antes de `to`, e comece onde `detail` não aponta problema.',
    },
  },
  backfill_too_large: {
    kind: 'invalid',
    what: {
      en: 'The range holds more scheduled times than one backfill may have.',
      pt: 'O intervalo tem mais horários do que um backfill pode ter.',
    },
    action: {
      en: 'Backfill it in parts; `detail` says where the first ends.',
      pt: 'Divida-o em partes; `detail` diz onde a primeira termina.',
    },
  },
  conf_invalid: {
    kind: 'invalid',
    what: { en: 'The conf is not what the job expects.', pt: 'O conf não é o que o job espera.' },
    action: {
      en: 'Correct what `errors` names; GET /jobs/{name} has the schema as conf_schema.',
      pt: 'Corrija o que `errors` indica; GET /jobs/{name} tem o esquema em conf_schema.',
    },
  },
  job_gone: {
    kind: 'conflict',
    what: {
      en: 'No running program has the file of the job.',
      pt: 'Nenhum programa em execução tem o arquivo do job.',
    },
    action: {
      en: 'Put the file back, or forget the job with DELETE /jobs/{name}.',
      pt: 'Recoloque o arquivo, ou esqueça o job com DELETE /jobs/{name}.',
    },
  },
  job_not_gone: {
    kind: 'conflict',
    what: { en: 'A running program has the file of the job.', pt: 'Um programa em execução tem o arquivo do job.' },
    action: {
      en: 'Remove the file first; GET /jobs/{name} then says gone_at.',
      pt: 'Remova o arquivo antes; GET /jobs/{name} mostra então gone_at.',
    },
  },
  job_already_running: {
    kind: 'conflict',
    what: {
      en: 'The job is under way, and its runs do not overlap.',
      pt: 'O job está em andamento, e suas execuções não se sobrepõem.',
    },
    action: { en: 'Wait until its run has ended, or cancel that.', pt: 'Espere a execução terminar, ou cancele-a.' },
  },
  job_has_no_slots: {
    kind: 'conflict',
    what: {
      en: 'The job runs after another and has no times of its own.',
      pt: 'O job executa depois de outro e não tem horários próprios.',
    },
    action: { en: 'Backfill the job that it runs after.', pt: 'Faça o backfill do job do qual ele depende.' },
  },
  job_not_found: {
    kind: 'not_found',
    what: { en: 'There is no job of this name.', pt: 'Não existe job com este nome.' },
    action: { en: 'See GET /jobs.', pt: 'Veja GET /jobs.' },
  },
  monitor_not_found: {
    kind: 'not_found',
    what: { en: 'There is no monitor of this name.', pt: 'Não existe monitor com este nome.' },
    action: { en: 'See GET /monitors.', pt: 'Veja GET /monitors.' },
  },
  ping_unknown: {
    kind: 'not_found',
    what: {
      en: 'The push URL is mistyped, or its monitor is gone.',
      pt: 'O endereço de ping foi digitado errado, ou o monitor dele não existe mais.',
    },
    action: {
      en: 'Copy the URL anew: `bun run jobs monitors`, or GET /monitors/{name} as admin.',
      pt: 'Copie o endereço de novo: `bun run jobs monitors`, ou GET /monitors/{name} como admin.',
    },
  },
  run_ended: {
    kind: 'conflict',
    what: { en: 'The run is over; there is nothing to cancel.', pt: 'A execução já terminou; não há o que cancelar.' },
    action: { en: 'See GET /runs/{id} for how it ended.', pt: 'Veja em GET /runs/{id} como terminou.' },
  },
  run_not_found: {
    kind: 'not_found',
    what: {
      en: 'No run has this id; old ones are deleted after a time.',
      pt: 'Nenhuma execução tem este id; as antigas são apagadas depois de um tempo.',
    },
    action: { en: 'See GET /jobs/{name}/runs.', pt: 'Veja GET /jobs/{name}/runs.' },
  },
  run_not_over: {
    kind: 'conflict',
    what: {
      en: 'Only a run that failed or was cancelled can be retried.',
      pt: 'Só uma execução que falhou ou foi cancelada pode ser repetida.',
    },
    action: { en: 'Wait until it has ended, or cancel it.', pt: 'Espere terminar, ou cancele-a.' },
  },
  run_succeeded: {
    kind: 'conflict',
    what: {
      en: 'The run has succeeded; there is nothing to retry.',
      pt: 'A execução terminou com sucesso; não há o que repetir.',
    },
    action: { en: 'Trigger the job for another run.', pt: 'Dispare o job para outra execução.' },
  },
  schedule_unreadable: {
    kind: 'conflict',
    what: {
      en: 'The API cannot read the schedule of the job: it is of another version than the jobs.',
      pt: 'A API não entende a programação do job: é de outra versão que os jobs.',
    },
    action: { en: 'Bring all programs to the same version.', pt: 'Deixe todos os programas na mesma versão.' },
  },
  signature_wrong: {
    kind: 'unauthenticated',
    what: {
      en: 'The signature of the webhook is missing, wrong, or too old.',
      pt: 'A assinatura do webhook não veio, está errada, ou é antiga demais.',
    },
    action: {
      en: 'Sign timestamp, a dot and the body as they are sent with WEBHOOK_SECRET; set the clock.',
      pt: 'Assine o timestamp, um ponto e o corpo como são enviados com WEBHOOK_SECRET; acerte o relógio.',
    },
  },
  silence_not_found: {
    kind: 'not_found',
    what: { en: 'No silence has this id.', pt: 'Nenhum silêncio tem este id.' },
    action: { en: 'See GET /silences.', pt: 'Veja GET /silences.' },
  },
} as const satisfies Record<string, ProblemText>
