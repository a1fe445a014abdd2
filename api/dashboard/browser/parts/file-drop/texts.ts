export const TEXTS = {
  drop: { en: 'Drop a file here', pt: 'Solte um arquivo aqui' },
  choose: { en: 'Choose a file', pt: 'Escolher arquivo' },
}
