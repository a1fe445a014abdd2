/** Variants of the known faults in six languages: other words, other places in the table. */
import type { Case } from './case.ts'

export const VARIANTS: Case[] = [
  {
    kind: 1,
    name: 'variants: a word in the first row and one in the middle',
    table: 'Peixe|Preço por kg;Sardinha|fora de época;Pescada|14.9;Atum|22;Robalo|19.5;Dourada|ver balcão;Polvo|25.8',
    wants: {
      chart: 'bars',
      series: ['Preço por kg'],
      points: 4,
      first: ['Polvo', 25.8],
      last: ['Pescada', 14.9],
      left_out: ['Sardinha', 'Dourada'],
    },
  },
  {
    kind: 1,
    name: 'variants: a word between rows without a header, names to the right',
    table: '12.5|Schrauben;8|Muttern;auf Anfrage|Dübel;31|Bohrer;22|Sägen',
    wants: { chart: 'bars', points: 4, first: ['Bohrer', 31], last: ['Muttern', 8], left_out: ['Dübel'] },
  },
  {
    kind: 1,
    name: 'variants: words in two columns, the last row too',
    locale: 'en',
    table:
      'Room|Low season|High season;Single|60|85;Double|80|closed;Suite|on request|210;Family|110|150;Studio|72|fully booked',
    wants: {
      chart: 'bars',
      series: ['Low season', 'High season'],
      points: 5,
      first: ['Suite', null, 210],
      last: ['Single', 60, 85],
      left_out: ['Double', 'Suite', 'Studio'],
    },
  },
  {
    kind: 2,
    name: 'variants: nine towns by month in Spanish',
    table:
      'Mes|Madrid|Sevilla|Bilbao|Valencia|Málaga|Murcia|Vigo|Cádiz|Lugo;ene|120|80|60|75|50|40|30|20|12;feb|118|82|61|77|49|41|31|22|11;mar|130|85|66|70|52|44|33|21|13;abr|135|83|68|79|55|45|30|24|12;may|141|90|70|82|58|47|34|25|15;jun|150|94|69|88|60|46|36|26|14',
    wants: { chart: 'lines', label: 'Mes', cells: 54, points: 6 },
  },
  {
    kind: 2,
    name: 'variants: planned and executed of two months',
    table:
      'Centro de custo|Previsto jan|Executado jan|Previsto fev|Executado fev;Limpeza|500|480|520|530;Obras|1200|1350|1100|990;TI|800|760|820|870;Vigilância|650|650|650|640',
    wants: {
      series: ['Previsto jan', 'Executado jan', 'Previsto fev', 'Executado fev'],
      first: ['Obras', 1200, 1350, 1100, 990],
      last: ['Limpeza', 500, 480, 520, 530],
    },
  },
  {
    kind: 3,
    name: 'variants: IMEI and NIS',
    table:
      'IMEI|Modelo|NIS do responsável|Setor;356938035643809|Moto G|12056789012|Vendas;356938035643817|Galaxy A15|12056789020|TI;356938035643825|Moto G|12056789039|Vendas;356938035643833|iPhone 13|12056789047|RH;356938035643841|Moto G|12056789055|Vendas;356938035643858|Galaxy A15|12056789063|TI',
    wants: [
      { method: 'count', label: 'Modelo', first: ['Moto G', 3], last: ['iPhone 13', 1] },
      { method: 'count', label: 'Setor', first: ['Vendas', 3], last: ['RH', 1] },
    ],
  },
  {
    kind: 3,
    name: 'variants: number plates and years of registration in Italian',
    table:
      'Targa|Immatricolazione|Alimentazione;FX123AB|2018|Diesel;GA456CD|2020|Benzina;GH789EF|2021|Diesel;GK012GH|2019|Diesel;GL345IJ|2022|Elettrica;GM678KL|2017|Benzina',
    wants: { method: 'count', label: 'Alimentazione', first: ['Diesel', 3], last: ['Elettrica', 1] },
  },
  {
    kind: 3,
    name: 'variants: ISBN and edition',
    locale: 'en',
    table:
      'ISBN|Title|Edition|Copies;9780141439587|Emma|2003|12;9780141439600|A Tale of Two Cities|2011|7;9780141441146|Jane Eyre|2006|9;9780141439846|Dracula|2004|3;9780141439518|Pride and Prejudice|2002|15',
    wants: { series: ['Copies'], label: 'Title', first: ['Pride and Prejudice', 15], last: ['Dracula', 3] },
  },
  {
    kind: 3,
    name: 'variants: phone number and coordinates in French',
    table:
      'Agence|Téléphone|Latitude|Longitude|Effectif;Lyon|478123456|45.764|4.8357|14;Nantes|240987654|47.2184|-1.5536|9;Lille|320456789|50.6292|3.0573|11;Nice|493112233|43.7102|7.262|6',
    wants: { series: ['Effectif'], label: 'Agence', first: ['Lyon', 14], last: ['Nice', 6] },
  },
  {
    kind: 3,
    name: 'variants: Nº de pessoas counts people',
    table: 'Sala|Nº de pessoas;Azul|4;Verde|9;Branca|15',
    wants: { series: ['Nº de pessoas'], first: ['Branca', 15], last: ['Azul', 4] },
  },
  {
    kind: 4,
    name: 'variants: tickets to the right of their minutes',
    locale: 'en',
    table: 'Minutes|Ticket;35|INC-101;60|INC-104;20|INC-107;45|INC-101;25|INC-104',
    wants: { method: 'sum', label: 'Ticket', first: ['INC-104', 85], last: ['INC-107', 20], points: 3 },
  },
  {
    kind: 5,
    name: 'variants: floors from below the ground',
    table: 'Andar|Consumo (kWh);-1|320;0|610;1|450;2|432;3|441;4|405;5|415',
    wants: { label: 'Andar', series: ['Consumo (kWh)'], first: ['-1', 320], last: ['5', 415], points: 7 },
  },
  {
    kind: 6,
    name: 'variants: sixteen school years in German',
    table:
      'Schuljahr|Schüler;2008/09|412;2009/10|423;2010/11|448;2011/12|427;2012/13|480;2013/14|487;2014/15|448;2015/16|483;2016/17|472;2017/18|475;2018/19|492;2019/20|463;2020/21|508;2021/22|507;2022/23|520;2023/24|487',
    wants: { points: 16, first: ['2008/09', 412], last: ['2023/24', 487] },
  },
  {
    kind: 6,
    name: 'variants: Italian months',
    table: 'Mese|Pioggia (mm);gen|31;feb|28;mar|45;apr|60;mag|72;giu|40;lug|22;ago|35;set|58;ott|90;nov|84;dic|29',
    wants: { points: 12, first: ['gen', 31], last: ['dic', 29] },
  },
  {
    kind: 6,
    name: 'variants: French months that begin in autumn',
    table: 'Mois|Entrées;Octobre|12;Novembre|40;Décembre|31;Janvier|9;Février|22;Mars|27',
    wants: { points: 6, texts: ['Octobre', 'Mars'] },
  },
  {
    kind: 6,
    name: 'variants: sizes to 3XL, in no order',
    locale: 'en',
    table: 'Size|Colour|Sold;L|Black|60;XS|Black|14;M|Black|45;M|White|40;S|White|37;XL|Black|41;3XL|White|5',
    wants: { method: 'sum', first: ['XS', 14], last: ['3XL', 5], points: 6 },
  },
  {
    kind: 6,
    name: 'variants: five answers of a survey',
    table:
      'Resposta|Nº de pessoas;Discordo totalmente|4;Discordo|9;Nem concordo nem discordo|15;Concordo|33;Concordo totalmente|21',
    wants: { series: ['Nº de pessoas'], first: ['Discordo totalmente', 4], last: ['Concordo totalmente', 21] },
  },
  {
    kind: 6,
    name: 'variants: risk levels in Spanish',
    table: 'Riesgo|Abiertos|Cerrados;Bajo|40|12;Alto|31|8;Medio|25|30;Crítico|4|2',
    wants: { series: ['Abiertos', 'Cerrados'], first: ['Bajo', 40, 12], last: ['Crítico', 4, 2], points: 4 },
  },
  {
    kind: 7,
    name: 'variants: weights above the prices, no name for the grains',
    locale: 'en',
    table: '|5 kg|10 kg|25 kg;Wheat|4.5|8.2|18.9;Rye|5.1|9.4|21;Oats|6.2|11.5|26.4;Spelt|7|13.1|30.2',
    wants: { series: ['5 kg', '10 kg', '25 kg'], first: ['Spelt', 7, 13.1, 30.2], last: ['Wheat', 4.5, 8.2, 18.9] },
  },
  {
    kind: 8,
    name: 'variants: years over half years',
    table: 'Região|2023||2024|;|1º sem|2º sem|1º sem|2º sem;Norte|10|12|13|15;Nordeste|22|25|21|28;Sul|18|17|19|23',
    merges: ['B1:C1', 'D1:E1', 'A1:A2'],
    wants: { cells: 12, texts: ['2023', '2024', 'Norte', 'Sul'] },
  },
  {
    kind: 10,
    name: 'variants: money as text, in parentheses and with a minus behind',
    table:
      "Conta|Saldo;Vendas|'R$ 1.234,56;Frete|'R$ 0,50;Devoluções|'(R$ 310,00);Juros|'R$ 45,10-;Serviços|'R$ 780,00",
    wants: { unit: 'R$', points: 5, first: ['Vendas', 1234.56], last: ['Devoluções', -310], shown: ['R$ 0,50'] },
  },
  {
    kind: 10,
    name: 'variants: francs from five cents on',
    table: 'Artikel|Preis;Tüte|0.05;Brot|3.2;Korb|48;Kiste|120',
    formats: { B: '[$CHF] #,##0.00' },
    wants: { unit: 'CHF', first: ['Kiste', 120], last: ['Tüte', 0.05], shown: ['CHF 0,05'] },
  },
  {
    kind: 12,
    name: 'variants: the country in front of its regions',
    table: 'Local|População (mi);Brasil|203;Norte|17;Nordeste|55;Sudeste|85;Sul|30;Centro-Oeste|16',
    wants: { points: 5, first: ['Sudeste', 85], last: ['Centro-Oeste', 16], left_out: ['Brasil'] },
  },
  {
    kind: 12,
    name: 'variants: the largest product sells as much as all others',
    table: 'Produto|Vendas;Café|150;Chá|50;Leite|40;Suco|30;Água|20;Mate|10',
    wants: { points: 6, first: ['Café', 150], last: ['Mate', 10] },
  },
  {
    kind: 12,
    name: 'variants: a column and a row that sum up, called Ensemble',
    table: 'Service|Hommes|Femmes|Ensemble;Atelier|30|12|42;Bureau|8|22|30;Vente|14|19|33;Ensemble|52|53|105',
    wants: {
      series: ['Hommes', 'Femmes'],
      points: 3,
      first: ['Atelier', 30, 12],
      last: ['Bureau', 8, 22],
      left_out: ['Ensemble'],
      range: 'A1:D4',
    },
  },
  {
    kind: 12,
    name: 'variants: regions below their branches, all below the regions',
    locale: 'en',
    table: 'Branch|Orders;Leeds|10;York|14;Hull|9;North region|33;Kent|20;Dover|11;South region|31;Whole company|64',
    wants: {
      points: 5,
      first: ['Kent', 20],
      last: ['Hull', 9],
      left_out: ['North region', 'South region'],
      range: 'A1:B7',
    },
  },
  {
    kind: 13,
    name: 'variants: income and expenses in German',
    table:
      'Posten|Betrag;Einnahmen|;Mitglieder|900;Spenden|350;Sonstiges|80;Ausgaben|;Miete|400;Mitglieder|120;Sonstiges|60',
    wants: { series: ['Einnahmen', 'Ausgaben'], first: ['Mitglieder', 900, 120], last: ['Sonstiges', 80, 60] },
  },
  {
    kind: 13,
    name: 'variants: the shift once for both lines',
    table: 'Turno|Linha|Peças;Manhã|A|120;|B|95;Tarde|A|110;|B|130;Noite|A|70;|B|64',
    wants: { series: ['A', 'B'], first: ['Manhã', 120, 95], last: ['Noite', 70, 64] },
  },
  {
    kind: 13,
    name: 'variants: months under years',
    locale: 'en',
    table: 'Month|Visitors;2024|;Jan|310;Feb|280;Mar|350;Apr|390;2025|;Jan|330;Feb|300;Mar|340;Apr|420',
    wants: { series: ['2024', '2025'], first: ['Jan', 310, 330], last: ['Apr', 390, 420], points: 4 },
  },
  {
    kind: 16,
    name: 'variants: hours and minutes as text',
    locale: 'en',
    table: "Task|Duration;Design|'1:45;Build|'3:30;Test|'2:15;Release|'0:40",
    wants: { unit: 'h', first: ['Build', '3:30 h'], last: ['Release', '0:40 h'] },
  },
  {
    kind: 17,
    name: 'variants: year and month in Spanish',
    table: 'Año|Mes|Ventas;2023|Noviembre|50;2023|Diciembre|70;2024|Enero|45;2024|Febrero|48;2024|Marzo|55',
    wants: { chart: 'lines', points: 5, first: ['nov 2023', 50], last: ['mar 2024', 55] },
  },
  {
    kind: 17,
    name: 'variants: the month of a calendar',
    table:
      'Marzo 2025;lu|ma|mi|ju|vi|sá|do;|||||1|2;3|4|5|6|7|8|9;10|11|12|13|14|15|16;17|18|19|20|21|22|23;24|25|26|27|28|29|30;31',
    wants: { refused: 'unsure' },
  },
  {
    kind: 17,
    name: 'variants: the data sheet of a bridge',
    locale: 'en',
    table: 'Name|Bridge 14;Length (m)|120;Year built|1974;Lanes|4;Max load (t)|40;Inspector ID|55871',
    wants: { refused: 'unsure' },
  },
  {
    kind: 18,
    name: 'variants: company and address in German',
    table: 'Müller & Söhne GmbH;Hauptstraße 5, 50667 Köln;;Filiale|Absatz;Bonn|45;Köln|80;Aachen|38',
    wants: { title: /^Absatz por Filiale$/, first: ['Köln', 80], last: ['Aachen', 38], range: 'A4:B7' },
  },
  {
    kind: 18,
    name: 'variants: a form above three series',
    table:
      'Responsável:|João Lima;Data:|2025-06-30;;Setor|Admissões|Demissões|Transferências;Produção|12|5|3;Vendas|8|9|2;Logística|6|4|4',
    wants: {
      title: /^Admissões, Demissões e Transferências por Setor$/,
      series: ['Admissões', 'Demissões', 'Transferências'],
      first: ['Produção', 12, 5, 3],
      range: 'A4:D7',
    },
  },
  {
    kind: 2,
    name: 'variants: an ageing report, what is not due far larger than the rest',
    locale: 'en',
    table:
      'Customer|Not due|1-30|31-60|61-90|Over 90|Balance;Alpha Ltd|12000|300|120|0|60|12480;Beta plc|8000|450|0|75|0|8525;Gamma LLP|15500|0|210|90|30|15830;Delta Inc|9700|120|60|0|0|9880',
    wants: {
      series: ['Not due', '1-30', '31-60', '61-90', 'Over 90'],
      first: ['Gamma LLP', 15500, 0, 210, 90, 30],
      last: ['Beta plc', 8000, 450, 0, 75, 0],
    },
  },
  {
    kind: 5,
    name: 'variants: bus routes that repeat',
    locale: 'en',
    table: 'Bus route|Passengers;12|340;45|260;7|210;12|390;45|300',
    wants: { label: 'Bus route', method: 'sum', first: ['12', 730], last: ['7', 210], points: 3 },
  },
  {
    kind: 5,
    name: 'variants: tills to the right of their sales in French',
    table: 'Ventes|Caisse;1200|3;950|1;1430|4;870|2',
    wants: { label: 'Caisse', series: ['Ventes'], first: ['4', 1430], last: ['2', 870] },
  },
  {
    kind: 8,
    name: 'variants: three levels in German',
    table:
      'Sparte|Inland||||Export|||;|2024||2025||2024||2025|;|Plan|Ist|Plan|Ist|Plan|Ist|Plan|Ist;Pumpen|100|95|110|112|60|66|70|64;Ventile|80|84|85|81|40|38|45|49;Filter|55|50|60|63|30|33|32|29',
    merges: ['B1:E1', 'F1:I1', 'B2:C2', 'D2:E2', 'F2:G2', 'H2:I2'],
    wants: { label: 'Sparte', cells: 24, texts: ['Inland 2024 Plan', 'Export 2025 Ist'] },
  },
  {
    kind: 14,
    name: 'variants: salaries by department in Italian',
    table:
      'Matricola|Reparto|Età|Stipendio;1001|Vendite|34|1850;1002|Vendite|41|2100;1003|Logistica|29|1600;1004|IT|38|2400;1005|IT|45|2600;1006|Logistica|52|1750',
    wants: { label: 'Reparto', series: ['Stipendio'], method: 'mean', first: ['IT', 2500], last: ['Logistica', 1675] },
  },
  {
    kind: 14,
    name: 'variants: marks by class',
    table: 'Turma|Aluno|Nota;7A|Ana|8.5;7A|Bruno|6.5;7A|Caio|7.5;7B|Dora|5;7B|Eva|9;7B|Fábio|4',
    wants: [
      { label: 'Turma', method: 'mean', first: ['7A', 7.5], last: ['7B', 6] },
      { label: 'Aluno', first: ['Eva', 9], last: ['Fábio', 4] },
    ],
  },
  {
    kind: 15,
    name: 'variants: payments of two months, dates and amounts as text',
    locale: 'en',
    table:
      "Date|Payee|Amount;'03/14/2025|Rent|'(900.00);'03/28/2025|Clients|'1,500.00;'04/14/2025|Rent|'(900.00);'04/16/2025|Phone|'(120.00);'04/29/2025|Clients|'1,900.00",
    wants: { label: 'Payee', method: 'sum', first: ['Clients', 3400], last: ['Rent', -1800] },
  },
  {
    kind: 15,
    name: 'variants: invoices in French',
    table:
      'N° facture|Client|Date|Montant TTC;F25-001|Durand|2025-01-10|1200;F25-002|Morel|2025-01-22|480;F25-003|Durand|2025-02-03|950;F25-004|Petit|2025-02-27|700;F25-005|Morel|2025-03-11|320',
    wants: [
      { label: 'Client', method: 'sum', first: ['Durand', 2150] },
      { label: 'Date', method: 'sum', points: 3 },
    ],
  },
  {
    kind: 15,
    name: 'variants: answers from 0 to 10 over their time',
    table:
      'Carimbo de data/hora|Qual é o seu setor?|De 0 a 10, o quanto recomendaria?;2026-03-02 08:00|RH|9;2026-03-02 09:37|TI|7;2026-03-02 11:14|RH|8;2026-03-03 12:51|Vendas|10;2026-03-04 10:28|TI|5;2026-03-06 11:05|Vendas|8;2026-03-09 09:00|TI|6',
    wants: { label: 'Qual é o seu setor?', method: 'mean', first: ['Vendas', 9], last: ['TI', 6] },
  },
  {
    kind: 16,
    name: 'variants: totals that no program has computed',
    table: 'Produto|Qtd|Preço|Total;Caneta|10|2.5|=B2*C2;Caderno|4|18|=B3*C3;Mochila|2|120|=B4*C4',
    wants: { series: ['Qtd'], left_out: ['Total (fórmulas sem valor: abra no Excel e salve)'] },
  },
  {
    kind: 5,
    name: 'variants: clients called X, Y and Z',
    table: 'Cliente|A vencer|Vencido;X|10|5;Y|12|0;Z|8|3',
    wants: { series: ['A vencer', 'Vencido'], points: 3, first: ['Y', 12, 0], last: ['Z', 8, 3] },
  },
  {
    kind: 10,
    name: 'variants: a column that says the currency',
    locale: 'en',
    table: 'Supplier|Amount|Currency;Alba|1200|EUR;Bright|900|GBP;Cosmo|700|USD;Dune|450|EUR;Elm|300|USD',
    wants: { refused: 'unsure' },
  },
  {
    kind: 10,
    name: 'variants: a column that says one currency',
    locale: 'en',
    table: 'Supplier|Amount|Currency;Alba|1200|EUR;Bright|900|EUR;Cosmo|700|EUR;Dune|450|EUR',
    wants: { series: ['Amount'], first: ['Alba', 1200], last: ['Dune', 450] },
  },
]
