export const TEXTS = {
  paused: { en: 'Paused', pt: 'Pausado' },
  consumer: {
    orders: { en: 'The consumer of orders waits for a decision', pt: 'O consumidor de pedidos espera uma decisão' },
    events: { en: 'The consumer of events waits for a decision', pt: 'O consumidor de eventos espera uma decisão' },
    people: { en: 'The consumer of people waits for a decision', pt: 'O consumidor de pessoas espera uma decisão' },
  },
  consumer_why: {
    en: '{failed} of the last {of} messages failed with one reason: try them again, or dead-letter them.',
    pt: '{failed} das últimas {of} mensagens falharam por um motivo só: tente de novo ou mande às mensagens mortas.',
  },
  dead: { en: 'Dead', pt: 'Mortas' },
  dead_letters: {
    one: { en: '{count} dead letter', pt: '{count} mensagem morta' },
    other: { en: '{count} dead letters', pt: '{count} mensagens mortas' },
  },
  dead_why: {
    one: { en: 'Of one cause. Replay them, or throw them away.', pt: 'De uma causa. Reenvie ou descarte.' },
    other: {
      en: 'In {count} groups by cause. Replay them, or throw them away.',
      pt: 'Em {count} grupos por causa. Reenvie ou descarte.',
    },
  },
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
