export const TEXTS = {
  graph: { en: 'Which job runs after which', pt: 'Qual job roda depois de qual' },
  after: { en: 'after {before}', pt: 'depois de {before}' },
  root: { en: 'by its schedule', pt: 'pela agenda' },
  never: { en: 'never', pt: 'nunca' },
}
