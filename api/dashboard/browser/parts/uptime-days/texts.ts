export const TEXTS = {
  all: {
    one: { en: '{count} day on record, {bad} with failures', pt: '{count} dia registrado, {bad} com falhas' },
    other: { en: '{count} days on record, {bad} with failures', pt: '{count} dias registrados, {bad} com falhas' },
  },
  day: { en: '{from} to {to}: {share} good, {failed} failed', pt: '{from} a {to}: {share} boas, {failed} com falha' },
  nothing: { en: 'Not checked', pt: 'Sem verificação' },
}
