export const TEXTS = {
  title: { en: 'Messages of orders', pt: 'Mensagens de pedidos' },
  none: { en: 'No message is here now', pt: 'Nenhuma mensagem aqui agora' },
  to_orders: { en: 'Fill and send on the page of orders', pt: 'Preencher e enviar na página de pedidos' },
}
