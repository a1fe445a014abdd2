/** Kinds 3, 4 and 5: numbers that are codes, codes that repeat, numbers that are names. */
import type { Case } from './case.ts'

export const CODES: Case[] = [
  {
    kind: 3,
    name: 'a register of companies is counted by its city',
    table:
      'Código|Nome|CNPJ|CEP|Cidade; 101|Aço Forte|11222333000181|13010100|Campinas; 102|Bela Vista|22333444000172|13015200|Campinas; 103|Casa Nova|33444555000163|01310100|São Paulo; 104|Delta|44555666000154|13020300|Campinas; 105|Eixo|55666777000145|11010050|Santos; 106|Fênix|66777888000136|01311000|São Paulo; 107|Gama|77888999000127|13025400|Campinas',
    wants: { chart: 'bars', label: 'Cidade', method: 'count', first: ['Campinas', 4], last: ['Santos', 1], points: 3 },
  },
  {
    kind: 3,
    name: 'bar codes are no measure',
    table:
      'Código de barras|Descrição|Preço; 7891000100103|Leite|5.49; 7891000315507|Café|18.9; 7896004000855|Arroz|27.5; 7891910000197|Açúcar|4.99; 7896036090244|Óleo|8.29',
    wants: { chart: 'bars', label: 'Descrição', series: ['Preço'], first: ['Arroz', 27.5], last: ['Açúcar', 4.99] },
  },
  {
    kind: 3,
    name: 'years of release are no bars',
    table:
      'Filme|Gênero|Lançamento; O Farol|Drama|1999; Céu|Comédia|2003; Rio Seco|Drama|2010; Volta|Ação|2012; A Carta|Drama|2015; Feira|Comédia|2018; Norte|Documentário|2021',
    wants: { chart: 'bars', label: 'Gênero', method: 'count', first: ['Drama', 3] },
  },
  {
    kind: 3,
    name: 'people with years of birth and phones: nothing to measure, nothing to count by',
    table:
      'Nome|Nascimento|Telefone; Ana|1985|11987654321; Bruno|1990|11912345678; Caio|1978|21998765432; Dora|2001|31991234567; Eva|1995|41988887777',
    wants: { refused: 'no_measure' },
  },
  {
    kind: 3,
    name: 'employees are counted by department',
    locale: 'en',
    table:
      'Employee ID|Name|ZIP|Department|Phone; 5001|Ann Lee|94107|Sales|4155550101; 5002|Bob Ray|94110|IT|4155550102; 5003|Cid Fox|94107|Sales|4155550103; 5004|Dee Roy|94133|HR|4155550104; 5005|Eli Moe|94110|Sales|4155550105; 5006|Fay Kay|94133|IT|4155550106',
    wants: { chart: 'bars', label: 'Department', method: 'count', first: ['Sales', 3], last: ['HR', 1], points: 3 },
  },
  {
    kind: 3,
    name: 'account numbers are no measure',
    table:
      'Conta|Descrição|Saldo; 11101|Caixa|1500; 11102|Banco|82000; 11201|Clientes|43000; 11301|Estoques|61000; 12101|Veículos|90000',
    wants: { chart: 'bars', label: 'Descrição', series: ['Saldo'], first: ['Veículos', 90000], last: ['Caixa', 1500] },
  },
  {
    kind: 3,
    name: 'numbers of invoices and persons are no measure',
    table:
      'Nº NF|Fornecedor|CPF/CNPJ|Valor; 4521|Papelaria|11222333000181|320; 4522|Gráfica|22333444000172|1800; 4530|Oficina|33444555000163|950; 4533|Mercado|44555666000154|410',
    wants: {
      chart: 'bars',
      label: 'Fornecedor',
      series: ['Valor'],
      first: ['Gráfica', 1800],
      last: ['Papelaria', 320],
    },
  },
  {
    kind: 3,
    name: 'the year a building was built labels nothing',
    locale: 'en',
    table:
      'Building|Year built|Floors; Empire|1931|102; Chrysler|1930|77; Willis|1974|110; Flatiron|1902|22; Woolworth|1913|57',
    wants: { chart: 'bars', label: 'Building', series: ['Floors'], first: ['Willis', 110], last: ['Flatiron', 22] },
  },
  {
    kind: 4,
    name: 'a product code that repeats',
    table: 'SKU|Quantidade; AB-100|5; AB-200|3; AB-100|7; CX-310|12; AB-200|4; CX-310|1; LT-050|9; AB-100|2',
    wants: {
      chart: 'bars',
      label: 'SKU',
      series: ['Quantidade'],
      first: ['AB-100', 14],
      last: ['AB-200', 7],
      points: 4,
      method: 'sum',
    },
  },
  {
    kind: 4,
    name: 'number plates that repeat',
    table:
      'Placa|Litros|Km; ABC1D23|40|410; XYZ9K88|55|480; ABC1D23|38|395; QWE4R56|60|600; XYZ9K88|52|470; ABC1D23|41|420',
    wants: {
      chart: 'bars',
      label: 'Placa',
      first: ['ABC1D23', 119],
      series: ['Litros'],
      points: 3,
      method: 'sum',
      left_out: ['Km'],
    },
  },
  {
    kind: 4,
    name: 'orders with several lines',
    table:
      'Pedido|Itens|Valor; P-1001|2|150; P-1001|1|80; P-1002|5|420; P-1003|1|35; P-1003|3|90; P-1004|2|210; P-1002|1|60',
    wants: {
      chart: 'bars',
      label: 'Pedido',
      series: ['Valor'],
      first: ['P-1002', 480],
      last: ['P-1003', 125],
      points: 4,
      method: 'sum',
      left_out: ['Itens'],
    },
  },
  {
    kind: 4,
    name: 'order codes in English',
    locale: 'en',
    table: 'Order|Amount; SO-1|12.5; SO-2|30; SO-1|7.5; SO-3|18; SO-2|5; SO-3|4',
    wants: {
      chart: 'bars',
      label: 'Order',
      series: ['Amount'],
      first: ['SO-2', 35],
      last: ['SO-1', 20],
      points: 3,
      method: 'sum',
    },
  },
  {
    kind: 4,
    name: 'accounts with debits and credits',
    table:
      'Conta|Débito|Crédito; 1.1.01.001|100|0; 1.1.02.004|50|20; 1.1.01.001|30|80; 2.1.03.002|0|150; 1.1.02.004|70|10; 2.1.03.002|40|60',
    wants: { chart: 'bars', label: 'Conta', series: ['Débito', 'Crédito'], points: 3, method: 'sum', cells: 6 },
  },
  {
    kind: 5,
    name: 'stores with numbers for names',
    table: 'Loja|Vendas; 101|5400; 102|8300; 105|4100; 207|9900; 310|7200',
    wants: { chart: 'bars', label: 'Loja', series: ['Vendas'], first: ['207', 9900], last: ['105', 4100], points: 5 },
  },
  {
    kind: 5,
    name: 'branches by month',
    table:
      'Filial|Mês|Faturamento; 1|Jan|100; 1|Fev|110; 1|Mar|120; 2|Jan|80; 2|Fev|85; 2|Mar|70; 3|Jan|60; 3|Fev|75; 3|Mar|90',
    wants: { label: 'Mês', series: ['1', '2', '3'], first: ['Jan', 100, 80, 60], last: ['Mar', 120, 70, 90] },
  },
  {
    kind: 5,
    name: 'tables of a restaurant',
    table: 'Mesa|Pessoas|Consumo; 1|4|320; 2|2|150; 3|6|540; 4|2|98; 5|3|210; 6|5|400',
    wants: { chart: 'bars', label: 'Mesa', series: ['Consumo'], cells: 6, texts: ['1', '6'], left_out: ['Pessoas'] },
  },
  {
    kind: 5,
    name: 'classes with numbers for names',
    table: 'Turma|Nota média; 701|6.8; 702|7.4; 801|5.9; 802|8.1; 901|7.0',
    wants: { chart: 'bars', label: 'Turma', series: ['Nota média'], cells: 5, texts: ['701', '901'] },
  },
  {
    kind: 5,
    name: 'zeros in front of a number stay',
    table: "Agência|Contas abertas; '0012|34; '0345|51; '0107|12; '1020|77; '0009|25",
    wants: {
      chart: 'bars',
      label: 'Agência',
      series: ['Contas abertas'],
      first: ['1020', 77],
      last: ['0107', 12],
      texts: ['0009', '0012'],
    },
  },
  {
    kind: 5,
    name: 'cost centers with budget and actual',
    locale: 'en',
    table: 'Cost center|Budget|Actual; 4100|50000|48000; 4200|72000|75500; 4300|31000|29900; 4400|64000|70100',
    wants: { chart: 'bars', label: 'Cost center', series: ['Budget', 'Actual'], cells: 8, texts: ['4100', '4400'] },
  },
  {
    kind: 5,
    name: 'machines that repeat are grouped',
    table: 'Máquina|Horas paradas; 3|1.5; 1|4; 3|2; 2|6; 1|3.5; 2|1; 3|0.5',
    wants: {
      chart: 'bars',
      label: 'Máquina',
      series: ['Horas paradas'],
      points: 3,
      method: 'sum',
      cells: 3,
      texts: ['1', '2', '3'],
    },
  },
  {
    kind: 5,
    name: 'no line runs through postcodes',
    table: 'CEP|Entregas; 13010100|42; 13015200|18; 01310100|95; 11010050|27; 20040002|61',
    wants: { chart: 'bars', label: 'CEP', series: ['Entregas'], cells: 5, texts: ['13010100'] },
  },
  {
    kind: 5,
    name: 'centres that a description spells out',
    table:
      'Centro de custo|Descrição|Orçado|Realizado; 4010|Manutenção|500|480; 4020|Limpeza|720|755; 4030|Portaria|310|299; 4040|Jardim|64|70',
    wants: {
      chart: 'bars',
      label: 'Descrição',
      series: ['Orçado', 'Realizado'],
      cells: 8,
      first: ['Limpeza', 720, 755],
    },
  },
  {
    kind: 5,
    name: 'accounts that a name spells out',
    locale: 'en',
    table: 'A/C|Name|Balance; A102|Hill & Co|1250; B077|Moor Ltd|310; C415|Dale Bros|890',
    wants: { chart: 'bars', label: 'Name', series: ['Balance'], first: ['Hill & Co', 1250], last: ['Moor Ltd', 310] },
  },
  {
    kind: 3,
    name: 'a register of members is counted by tier, not by first name',
    locale: 'en',
    table:
      'No.|First name|Last name|E-mail|Tier; 1041|Ann|Hill|a@x.example|Gold; 1077|Bob|Moor|b@x.example|Basic; 1090|Ann|Dale|c@x.example|Basic; 1102|Cid|West|d@x.example|Gold; 1133|Bob|Park|e@x.example|Plus; 1140|Ann|Lane|f@x.example|Basic; 1151|Dan|Hill|g@x.example|Plus',
    wants: { chart: 'bars', label: 'Tier', method: 'count', points: 3, first: ['Basic', 3] },
  },
]
