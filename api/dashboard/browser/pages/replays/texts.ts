export const TEXTS = {
  title: { en: 'Replays', pt: 'Reenvios' },
  letters: { en: 'Dead letters', pt: 'Mensagens mortas' },
  state: { en: 'State', pt: 'Situação' },
  all: { en: 'All', pt: 'Todos' },
  none: { en: 'Nothing has been sent again yet', pt: 'Nada foi reenviado ainda' },
  none_how: {
    en: 'Choose a group of dead letters, and send it again.',
    pt: 'Escolha um grupo de mensagens mortas e reenvie.',
  },
  name: { en: 'Name', pt: 'Nome' },
  progress: { en: 'Progress', pt: 'Progresso' },
  succeeded: { en: 'Succeeded', pt: 'Deram certo' },
  died: { en: 'Died again', pt: 'Morreram de novo' },
  total: { en: 'Letters', pt: 'Mensagens' },
  by: { en: 'By', pt: 'Por' },
  began: { en: 'Began', pt: 'Começou' },
}
