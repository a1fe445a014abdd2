export const TEXTS = {
  action: { en: 'Send again…', pt: 'Reenviar…' },
  action_all: { en: 'Send all of these again…', pt: 'Reenviar todas estas…' },
  action_count: {
    one: { en: 'Send {count} again…', pt: 'Reenviar {count}…' },
    other: { en: 'Send {count} again…', pt: 'Reenviar {count}…' },
  },
  title: { en: 'Send dead letters again', pt: 'Reenviar mensagens mortas' },
  start: { en: 'Send again', pt: 'Reenviar' },
  start_count: {
    one: { en: 'Send {count} again', pt: 'Reenviar {count}' },
    other: { en: 'Send {count} again', pt: 'Reenviar {count}' },
  },
  would: {
    one: { en: '{count} letter would be sent again', pt: '{count} mensagem seria reenviada' },
    other: { en: '{count} letters would be sent again', pt: '{count} mensagens seriam reenviadas' },
  },
  taken: {
    one: {
      en: '{count} more is in another replay and stays there.',
      pt: 'Mais {count} está em outro reenvio e fica lá.',
    },
    other: {
      en: '{count} more are in another replay and stay there.',
      pt: 'Mais {count} estão em outro reenvio e ficam lá.',
    },
  },
  none: {
    en: 'None of these letters is dead any more, or all of them are in another replay.',
    pt: 'Nenhuma destas mensagens está morta agora, ou todas já estão em outro reenvio.',
  },
  samples: { en: 'For example', pt: 'Por exemplo' },
  effects: { en: 'What it would do', pt: 'O que faria' },
  name: { en: 'Name', pt: 'Nome' },
  name_hint: { en: 'By which you find it again.', pt: 'Para encontrá-lo depois.' },
  named: { en: '{about}, {time}', pt: '{about}, {time}' },
  canary: { en: 'Canary', pt: 'Canário' },
  canary_hint: {
    en: 'So many go alone first; the rest goes when all of them succeeded. 0: all go at once.',
    pt: 'Tantas vão sozinhas primeiro; o resto só vai se todas derem certo. 0: todas vão de uma vez.',
  },
  rate: { en: 'Letters per second', pt: 'Mensagens por segundo' },
  lasts: { en: 'At this rate the sending takes {length}.', pt: 'Neste ritmo o envio leva {length}.' },
  word: { en: 'replay', pt: 'reenviar' },
  started: { en: '{name} is under way', pt: '{name} está em andamento' },
  cancelled: {
    one: {
      en: '{count} letter was taken back, dead as before',
      pt: '{count} mensagem foi retirada; está morta como antes',
    },
    other: {
      en: '{count} letters were taken back, dead as before',
      pt: '{count} mensagens foram retiradas; estão mortas como antes',
    },
  },
}
