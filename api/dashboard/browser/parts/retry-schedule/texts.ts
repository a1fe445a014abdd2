export const TEXTS = {
  title: { en: 'When attempts begin', pt: 'Quando começam as tentativas' },
  at: { en: 'at {times} s, then dead', pt: 'aos {times} s, depois morta' },
  at_once: {
    one: { en: '1 attempt, then dead', pt: '1 tentativa, depois morta' },
    other: { en: '{count} attempts without a wait, then dead', pt: '{count} tentativas sem espera, depois morta' },
  },
}
