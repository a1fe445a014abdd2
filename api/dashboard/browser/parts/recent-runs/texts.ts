export const TEXTS = {
  recent_of: {
    one: { en: 'The last run: {failed} failed', pt: 'A última execução: {failed} com falha' },
    other: { en: 'The last {count} runs: {failed} failed', pt: 'As últimas {count} execuções: {failed} com falha' },
  },
}
