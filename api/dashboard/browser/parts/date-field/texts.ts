export const TEXTS = {
  open: { en: 'Choose a day', pt: 'Escolher um dia' },
  clear: { en: 'Clear {name}', pt: 'Limpar {name}' },
  before: { en: 'Month before', pt: 'Mês anterior' },
  next: { en: 'Next month', pt: 'Próximo mês' },
}
