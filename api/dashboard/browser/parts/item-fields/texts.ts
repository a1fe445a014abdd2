export const FIELDS = {
  sku: { en: 'SKU', pt: 'SKU' },
  name: { en: 'Name', pt: 'Nome' },
  material: { en: 'Material', pt: 'Material' },
  kind: { en: 'Kind', pt: 'Tipo' },
  recyclable: { en: 'Recyclable', pt: 'Reciclável' },
  tags: { en: 'Tags', pt: 'Etiquetas' },
  length_mm: { en: 'Length, mm', pt: 'Comprimento, mm' },
  width_mm: { en: 'Width, mm', pt: 'Largura, mm' },
  height_mm: { en: 'Height, mm', pt: 'Altura, mm' },
  weight_g: { en: 'Weight, g', pt: 'Peso, g' },
  capacity_ml: { en: 'Capacity, ml', pt: 'Capacidade, ml' },
  unit_cost: { en: 'Unit cost', pt: 'Custo unitário' },
  currency: { en: 'Currency', pt: 'Moeda' },
  supplier: { en: 'Supplier', pt: 'Fornecedor' },
  stock: { en: 'Stock, pieces', pt: 'Estoque, peças' },
  reorder_level: { en: 'Low at or below', pt: 'Baixo a partir de' },
}
export const TEXTS = {
  yes: { en: 'Yes', pt: 'Sim' },
  no: { en: 'No', pt: 'Não' },
}
