export const TEXTS = {
  storm: {
    en: 'The consumer of {consumer} is paused: {failed} of the last {of} messages failed with one reason.',
    pt: 'O consumidor de {consumer} está pausado: {failed} das últimas {of} mensagens falharam por um motivo só.',
  },
  storm_why: {
    en: 'Nothing is lost: they are where they came from, and nothing is tried until somebody decides.',
    pt: 'Nada se perdeu: elas estão de onde vieram, e nada é tentado até alguém decidir.',
  },
  storm_since: { en: 'Since', pt: 'Desde' },
  storm_viewer: { en: 'An operator can decide.', pt: 'Um operador pode decidir.' },
  try_again: { en: 'Try again', pt: 'Tentar de novo' },
  try_title: { en: 'Try {failed} failed messages again?', pt: 'Tentar de novo {failed} mensagens que falharam?' },
  try_what: {
    en: 'The consumer goes on. Where they still fail with {reason}, it pauses again.',
    pt: 'O consumidor continua. Se ainda falharem por {reason}, ele pausa de novo.',
  },
  let_die: { en: 'Dead-letter them', pt: 'Mandar para as mensagens mortas' },
  die_title: {
    en: 'Dead-letter every message that fails with {reason}?',
    pt: 'Mandar para as mensagens mortas toda mensagem que falhar por {reason}?',
  },
  die_what: {
    en: '{failed} have failed so far, and all that follow within an hour die as well. They can be replayed from the dead letters.',
    pt: '{failed} falharam até agora, e todas as que vierem em uma hora também morrem. Elas podem ser reenviadas das mensagens mortas.',
  },
  decided: { en: 'The consumer goes on', pt: 'O consumidor continua' },
}
export const CONSUMERS = {
  orders: { en: 'orders', pt: 'pedidos' },
  events: { en: 'events', pt: 'eventos' },
  people: { en: 'people', pt: 'pessoas' },
}
