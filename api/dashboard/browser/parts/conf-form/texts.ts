export const TEXTS = {
  json: { en: 'Input (JSON)', pt: 'Entrada (JSON)' },
  optional: { en: 'optional', pt: 'opcional' },
  between: { en: '{least} to {most}', pt: 'de {least} a {most}' },
  least: { en: 'at least {least}', pt: 'no mínimo {least}' },
  most: { en: 'at most {most}', pt: 'no máximo {most}' },
  characters_least: {
    one: { en: 'at least {count} character', pt: 'no mínimo {count} caractere' },
    other: { en: 'at least {count} characters', pt: 'no mínimo {count} caracteres' },
  },
  entries_most: { en: 'at most {most}', pt: 'no máximo {most}' },
  as_json: { en: 'as JSON', pt: 'como JSON' },
  yes: { en: 'Yes', pt: 'Sim' },
  no: { en: 'No', pt: 'Não' },
  add: { en: 'Add', pt: 'Adicionar' },
  remove: { en: 'Remove {name}', pt: 'Remover {name}' },
  no_number: { en: 'This is no number.', pt: 'Isto não é um número.' },
  no_json: { en: 'This is no JSON:', pt: 'Isto não é JSON:' },
  nothing: { en: 'It takes no input.', pt: 'Não pede nenhuma entrada.' },
  see_fields: {
    one: { en: '{count} field does not fit; it is marked.', pt: '{count} campo não serve; está marcado.' },
    other: { en: '{count} fields do not fit; they are marked.', pt: '{count} campos não servem; estão marcados.' },
  },
}
