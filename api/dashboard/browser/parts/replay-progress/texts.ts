export const TEXTS = {
  progress: {
    en: '{succeeded} succeeded, {died} died again, {waiting} on their way, {unsent} not sent yet, of {total}',
    pt: '{succeeded} deram certo, {died} morreram de novo, {waiting} a caminho, {unsent} ainda não enviadas, de {total}',
  },
}
