export const TEXTS = {
  title: { en: 'Orders in the output', pt: 'Pedidos na saída' },
  none: { en: 'No order has arrived here yet', pt: 'Nenhum pedido chegou aqui ainda' },
  none_how: {
    en: 'An order whose security check is TRUE does, once its message has succeeded.',
    pt: 'Um pedido com checagem de segurança TRUE chega quando a mensagem dele tem êxito.',
  },
  product: { en: 'Product', pt: 'Produto' },
  price: { en: 'Price', pt: 'Preço' },
  system: { en: 'System', pt: 'Sistema' },
  every_system: { en: 'Every system', pt: 'Todos os sistemas' },
  check: { en: 'Security check', pt: 'Checagem de segurança' },
  written: { en: 'Written', pt: 'Gravado' },
}
