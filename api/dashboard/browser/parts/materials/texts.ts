export const MATERIAL_NAMES = {
  paper: { en: 'Paper', pt: 'Papel' },
  plastic: { en: 'Plastic', pt: 'Plástico' },
  glass: { en: 'Glass', pt: 'Vidro' },
  metal: { en: 'Metal', pt: 'Metal' },
  wood: { en: 'Wood', pt: 'Madeira' },
  other: { en: 'Other', pt: 'Outro' },
}
