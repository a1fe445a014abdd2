export const TEXTS = {
  pages: { en: 'Pages', pt: 'Páginas' },
  first: { en: 'First page', pt: 'Primeira página' },
  before: { en: 'Previous', pt: 'Anterior' },
  next: { en: 'Next', pt: 'Próxima' },
  range: { en: '{from}–{to} of {total}', pt: '{from}–{to} de {total}' },
  range_unknown: { en: '{from}–{to}', pt: '{from}–{to}' },
}
