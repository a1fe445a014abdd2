import type { ProblemText } from './problem-text.ts'

export const DEAD_LETTER_PROBLEMS = {
  dead_letter_not_found: {
    kind: 'not_found',
    what: {
      en: 'There is no such dead letter; one in the bin is deleted after 30 days.',
      pt: 'Não existe essa dead letter; a que está na lixeira é apagada depois de 30 dias.',
    },
    action: { en: 'See GET /dead-letters for those that are there.', pt: 'Veja em GET /dead-letters as que existem.' },
  },
  dead_letter_group_not_found: {
    kind: 'not_found',
    what: {
      en: 'No dead letter belongs to this group.',
      pt: 'Nenhuma dead letter pertence a este grupo.',
    },
    action: {
      en: 'See GET /dead-letters/groups for those that are there.',
      pt: 'Veja em GET /dead-letters/groups os que existem.',
    },
  },
  dead_letter_not_dead: {
    kind: 'conflict',
    what: {
      en: 'The letter was replayed, purged or edited meanwhile; only one that is dead can be changed.',
      pt: 'A dead letter foi reenviada, jogada fora ou editada nesse meio-tempo; só uma que está como dead pode ser alterada.',
    },
    action: {
      en: 'Read it again: its state and its other letters say what became of it.',
      pt: 'Leia de novo: o estado e as outras dead letters da mensagem dizem o que houve.',
    },
  },
  dead_letter_not_in_bin: {
    kind: 'conflict',
    what: { en: 'The letter is not in the bin.', pt: 'A dead letter não está na lixeira.' },
    action: {
      en: 'See GET /dead-letters?state=purged for what is.',
      pt: 'Veja em GET /dead-letters?state=purged o que está.',
    },
  },
  dead_letters_changed: {
    kind: 'conflict',
    what: {
      en: 'The letters that fit are not as many as `expected`; nothing was changed.',
      pt: 'As dead letters que se encaixam não são tantas quanto `expected`; nada foi alterado.',
    },
    action: {
      en: 'Look at them again, and send the count that you see then.',
      pt: 'Olhe de novo e envie a quantidade que aparecer.',
    },
  },
  dead_letter_not_editable: {
    kind: 'conflict',
    what: {
      en: 'The message cannot be read, or is too large, so that none of its fields can be changed.',
      pt: 'A mensagem não pode ser lida, ou é grande demais, e nenhum campo pode ser alterado.',
    },
    action: {
      en: 'Download its body, mend it where it came from, and purge the letter.',
      pt: 'Baixe o corpo, conserte na origem e jogue fora a dead letter.',
    },
  },
  dead_letter_not_edited: {
    kind: 'conflict',
    what: { en: 'The letter is no edited copy.', pt: 'A dead letter não é uma cópia editada.' },
    action: { en: 'Undo the edit of the copy.', pt: 'Desfaça a edição da cópia.' },
  },
  edit_changes_nothing: {
    kind: 'invalid',
    what: { en: 'The message has these values already.', pt: 'A mensagem já tem estes valores.' },
    action: { en: 'Send another value, or replay it as it is.', pt: 'Envie outro valor, ou reenvie como está.' },
  },
} as const satisfies Record<string, ProblemText>
