export const TEXTS = {
  needs: { en: 'What needs a person', pt: 'O que precisa de alguém' },
  well: { en: 'Nothing needs you', pt: 'Nada precisa de você' },
  need: {
    one: { en: '{count} needs a person', pt: '{count} precisa de alguém' },
    other: { en: '{count} need a person', pt: '{count} precisam de alguém' },
  },
  and_more: { en: 'and {count} more', pt: 'e mais {count}' },
  kpis: { en: 'Last 24 hours', pt: 'Últimas 24 horas' },
  upcoming: { en: 'Next runs', pt: 'Próximas execuções' },
  nothing_scheduled: { en: 'Nothing is scheduled', pt: 'Nada está agendado' },
  failures: { en: 'Last failures', pt: 'Últimas falhas' },
  no_failures: { en: 'No run has failed.', pt: 'Nenhuma execução falhou.' },
  health: { en: 'Health', pt: 'Saúde' },
}
