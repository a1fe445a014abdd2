export const TEXTS = {
  graph: { en: 'Which job runs after which', pt: 'Qual job roda depois de qual' },
  node: { en: '{job}, after {before}; last run: {state}', pt: '{job}, depois de {before}; última execução: {state}' },
  root: { en: '{job}, by its schedule; last run: {state}', pt: '{job}, pela agenda; última execução: {state}' },
  never: { en: 'never', pt: 'nunca' },
}
