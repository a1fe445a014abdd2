export const TEXTS = {
  silenced: {
    one: { en: '{shown} silenced', pt: '{shown} silenciado' },
    other: { en: '{shown} silenced', pt: '{shown} silenciados' },
  },
  job_failed: { en: 'The last run failed', pt: 'A última execução falhou' },
  job_problem: { en: 'Its file cannot be used', pt: 'O arquivo não pode ser usado' },
  job_gone: { en: 'No program has its file any more', pt: 'Nenhum programa tem mais o arquivo' },
  problem: { en: 'File broken', pt: 'Arquivo com erro' },
  gone: { en: 'File gone', pt: 'Arquivo sumiu' },
}
