export const TEXTS = { at: { en: 'At', pt: 'Em' } }
