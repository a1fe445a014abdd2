export const TEXTS = {
  one: { en: 'Take note', pt: 'Tomar nota' },
  many: {
    one: { en: 'Take note of {count} alert', pt: 'Tomar nota de {count} alerta' },
    other: { en: 'Take note of {count} alerts', pt: 'Tomar nota de {count} alertas' },
  },
  title: {
    one: { en: 'Take note of this alert?', pt: 'Tomar nota deste alerta?' },
    other: { en: 'Take note of these {count} alerts?', pt: 'Tomar nota destes {count} alertas?' },
  },
  why: {
    one: {
      en: 'Your name stands beside it, and reminders stop. It stays open until it is over.',
      pt: 'Seu nome fica ao lado dele e os lembretes param. Ele segue aberto até terminar.',
    },
    other: {
      en: 'Your name stands beside them, and reminders stop. They stay open until they are over.',
      pt: 'Seu nome fica ao lado deles e os lembretes param. Eles seguem abertos até terminar.',
    },
  },
  note: { en: 'Note', pt: 'Nota' },
  note_hint: {
    en: 'What you know, or are doing about it; may stay empty',
    pt: 'O que você sabe ou está fazendo; pode ficar vazia',
  },
  done: {
    one: { en: 'You have taken note of it', pt: 'Você tomou nota' },
    other: { en: 'You have taken note of {count} alerts', pt: 'Você tomou nota de {count} alertas' },
  },
  some_failed: {
    one: { en: '{count} of {all} could not be noted: {reason}', pt: '{count} de {all} não pôde ser anotado: {reason}' },
    other: {
      en: '{count} of {all} could not be noted: {reason}',
      pt: '{count} de {all} não puderam ser anotados: {reason}',
    },
  },
}
