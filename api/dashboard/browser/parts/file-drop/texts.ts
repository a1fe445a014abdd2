export const TEXTS = {
  drop: { en: 'Drop a file here', pt: 'Solte um arquivo aqui' },
  drop_several: { en: 'Drop files here', pt: 'Solte arquivos aqui' },
  choose: { en: 'Choose a file', pt: 'Escolher arquivo' },
  choose_several: { en: 'Choose files', pt: 'Escolher arquivos' },
  at_most: { en: 'at most {size}', pt: 'no máximo {size}' },
  wrong_kind: {
    en: '{file} cannot be read here: choose a file that ends in {types}.',
    pt: '{file} não pode ser lido aqui: escolha um arquivo que termine em {types}.',
  },
  too_large: {
    en: '{file} has {size}; at most {limit} are taken. Nothing was sent.',
    pt: '{file} tem {size}; o máximo é {limit}. Nada foi enviado.',
  },
  empty: { en: '{file} is empty.', pt: '{file} está vazio.' },
  folder: {
    en: 'A folder is not taken; drop the files in it.',
    pt: 'Pastas não são aceitas; solte os arquivos de dentro dela.',
  },
  part: { en: '{file} is sent', pt: '{file} enviado' },
}
