export const KPIS = {
  uptime: { en: 'Uptime', pt: 'Disponibilidade' },
  latency: { en: 'Latency (p95)', pt: 'Latência (p95)' },
  errors: { en: 'Errors', pt: 'Erros' },
  job_success: { en: 'Job success', pt: 'Sucesso dos jobs' },
  alert_response: { en: 'Alert response', pt: 'Resposta a alertas' },
  freshness: { en: 'Freshness', pt: 'Atualidade dos dados' },
}
export const TEXTS = {
  target_above: { en: 'target above {value}', pt: 'meta acima de {value}' },
  target_below: { en: 'target below {value}', pt: 'meta abaixo de {value}' },
  met: { en: 'On target', pt: 'Na meta' },
  missed: { en: 'Off target', pt: 'Fora da meta' },
  no_value: { en: 'No value yet', pt: 'Sem valor ainda' },
  better: { en: 'better than in 7 days ({value})', pt: 'melhor que em 7 dias ({value})' },
  worse: { en: 'worse than in 7 days ({value})', pt: 'pior que em 7 dias ({value})' },
  same: { en: 'as in 7 days ({value})', pt: 'como em 7 dias ({value})' },
  no_trend: { en: 'trend from a second value on', pt: 'tendência a partir de um segundo valor' },
  trend: {
    en: '{kpi} by the hour in the last 24 hours: now {value}, {target}',
    pt: '{kpi} por hora nas últimas 24 horas: agora {value}, {target}',
  },
}
