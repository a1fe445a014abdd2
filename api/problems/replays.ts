import type { ProblemText } from './problem-text.ts'

export const REPLAY_PROBLEMS = {
  replay_not_found: {
    kind: 'not_found',
    what: { en: 'There is no such replay.', pt: 'Não existe esse reenvio.' },
    action: { en: 'See GET /replays for those that are there.', pt: 'Veja em GET /replays os que existem.' },
  },
  replay_in_another_state: {
    kind: 'conflict',
    what: {
      en: 'The replay is in a state in which this cannot be done: one that has ended stays as it is.',
      pt: 'O reenvio está num estado em que isto não pode ser feito: o que terminou fica como está.',
    },
    action: {
      en: 'See GET /replays/{id}. One that sends can be paused, one that is paused resumed, both cancelled.',
      pt: 'Veja GET /replays/{id}. O que está enviando pode ser pausado, o pausado retomado, ambos cancelados.',
    },
  },
} as const satisfies Record<string, ProblemText>
