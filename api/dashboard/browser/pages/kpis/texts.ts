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
const LOOKS = {
  one: { en: '{count} look of the probe', pt: '{count} verificação da sonda' },
  other: { en: '{count} looks of the probe', pt: '{count} verificações da sonda' },
}
const ANSWERS = {
  one: { en: '{count} answer', pt: '{count} resposta' },
  other: { en: '{count} answers', pt: '{count} respostas' },
}
/** What a KPI was computed from. */
export const SAMPLES = {
  uptime: LOOKS,
  latency: ANSWERS,
  errors: ANSWERS,
  job_success: {
    one: { en: '{count} run', pt: '{count} execução' },
    other: { en: '{count} runs', pt: '{count} execuções' },
  },
  alert_response: {
    one: { en: '{count} alert', pt: '{count} alerta' },
    other: { en: '{count} alerts', pt: '{count} alertas' },
  },
  freshness: LOOKS,
}
