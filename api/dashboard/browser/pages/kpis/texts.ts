export const TEXTS = {
  title: { en: 'How well it does', pt: 'Como está indo' },
  span: { en: 'Time', pt: 'Período' },
  day: { en: '24 hours', pt: '24 horas' },
  week: { en: '7 days', pt: '7 dias' },
  month: { en: '31 days', pt: '31 dias' },
  target: { en: 'Target', pt: 'Meta' },
}
export const PARTS: Record<string, { en: string; pt: string }> = {
  up: { en: 'up', pt: 'no ar' },
  down: { en: 'down', pt: 'fora do ar' },
  not_observed: { en: 'not observed', pt: 'sem observação' },
  errors: { en: 'errors', pt: 'erros' },
  succeeded: { en: 'succeeded', pt: 'concluídas' },
  failed: { en: 'failed', pt: 'com falha' },
  open: { en: 'still open', pt: 'ainda abertos' },
}
/** What a KPI was computed from. */
export const SAMPLES = {
  uptime: { en: 'looks of the probe', pt: 'verificações da sonda' },
  latency: { en: 'answers', pt: 'respostas' },
  errors: { en: 'answers', pt: 'respostas' },
  job_success: { en: 'runs', pt: 'execuções' },
  alert_response: { en: 'alerts', pt: 'alertas' },
  freshness: { en: 'looks of the probe', pt: 'verificações da sonda' },
}
