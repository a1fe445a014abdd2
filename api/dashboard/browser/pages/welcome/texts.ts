export const TEXTS = {
  title: { en: 'Welcome to Doca', pt: 'Boas-vindas ao Doca' },
  why: {
    en: 'Choose the password of the user admin, who manages everything here.',
    pt: 'Escolha a senha do usuário admin, que administra tudo aqui.',
  },
  password: { en: 'Password', pt: 'Senha' },
  hint: {
    en: 'At least 12 characters; a sentence is easy to remember.',
    pt: 'Pelo menos 12 caracteres; uma frase é fácil de lembrar.',
  },
  again: { en: 'The same once more', pt: 'A mesma, de novo' },
  differ: { en: 'The two are not the same.', pt: 'As duas não são iguais.' },
  begin: { en: 'Begin', pt: 'Começar' },
  no_token: {
    en: 'This address lacks the end of the link that was printed.',
    pt: 'Falta a este endereço o final do link que foi mostrado.',
  },
  sign_in: { en: 'To the sign-in', pt: 'Ir para o login' },
}
