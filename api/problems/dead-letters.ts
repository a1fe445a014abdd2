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
} as const satisfies Record<string, ProblemText>
