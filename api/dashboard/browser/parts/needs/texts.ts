export const TEXTS = {
  silenced: {
    one: { en: '{shown} silenced', pt: '{shown} silenciado' },
    other: { en: '{shown} silenced', pt: '{shown} silenciados' },
  },
  job_failed: { en: 'The last run failed', pt: 'A última execução falhou' },
  job_problem: { en: 'Its file cannot be used', pt: 'O arquivo não pode ser usado' },
  job_gone: { en: 'No program has its file any more', pt: 'Nenhum programa tem mais o arquivo' },
  replay_waits: {
    one: {
      en: 'Of a replay, {count} letter waits for a decision',
      pt: 'Um reenvio tem {count} mensagem à espera de uma decisão',
    },
    other: {
      en: 'Of a replay, {count} letters wait for a decision',
      pt: 'Um reenvio tem {count} mensagens à espera de uma decisão',
    },
  },
  problem: { en: 'File broken', pt: 'Arquivo com erro' },
  gone: { en: 'File gone', pt: 'Arquivo sumiu' },
}
