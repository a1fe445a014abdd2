export const TEXTS = {
  label: { en: 'First password', pt: 'Primeira senha' },
  hint: {
    en: 'At least 12 characters. Tell it to them; they choose another at the next sign-in.',
    pt: 'Pelo menos 12 caracteres. Diga-a à pessoa; ela escolhe outra no próximo login.',
  },
  suggest: { en: 'Suggest one', pt: 'Sugerir uma' },
}
