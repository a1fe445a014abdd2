export const TEXTS = {
  title: { en: 'People', pt: 'Pessoas' },
  search: { en: 'Name, e-mail, address, phone…', pt: 'Nome, e-mail, endereço, telefone…' },
  none: { en: 'Nobody has arrived here yet', pt: 'Ninguém chegou aqui ainda' },
  none_how: {
    en: 'The job users_stream sends people to the topic, and the consumer users stores them.',
    pt: 'O job users_stream envia pessoas ao tópico, e o consumidor users as grava.',
  },
  to_job: { en: 'The job users_stream', pt: 'O job users_stream' },
  name: { en: 'Name', pt: 'Nome' },
  nameless: { en: 'without a name', pt: 'sem nome' },
  email: { en: 'E-mail', pt: 'E-mail' },
  address: { en: 'Address', pt: 'Endereço' },
  country: { en: 'Country', pt: 'País' },
  every_country: { en: 'Every country', pt: 'Todos os países' },
  phone: { en: 'Phone', pt: 'Telefone' },
  registered: { en: 'Registered', pt: 'Cadastro' },
}
