/** Workbooks as offices, clubs and programs abroad write them, in English, Spanish, German and Portuguese; kind 30. */
import type { Case } from './case.ts'

export const ABROAD: Case[] = [
  {
    kind: 30,
    name: 'a register of logins has nothing to draw',
    locale: 'en',
    table:
      'System|URL|Username|PIN|Owner ext.|Licence key; Payroll|pay.example.com|admin0|4821|276|8840021734; CRM|crm.example.com|admin1|1190|243|9917263540; Router|192.168.0.1|admin2|7302|279|1029384756; Alarm|-|admin3|5577|288|5647382910; Printer|192.168.0.14|admin4|2046|264|6758493021',
    wants: { refused: 'no_measure' },
  },
  {
    kind: 30,
    name: 'numbers of chapters are no amounts',
    locale: 'en',
    table:
      "WBS|Task|Owner|Days|% done; '1|Preparation|Ann|20|90; '1.1|Survey|Sam|5|100; '1.2|Lease|Legal|7|100; '2|Fit-out|Bo|37|20; '2.1|Cabling|IT|14|50; '2.2|Furniture|Priya|15|10",
    wants: { label: 'Task', series: ['Days'], first: ['Fit-out', 37], last: ['Survey', 5] },
  },
  {
    kind: 30,
    name: 'chapters under a header that nobody knows',
    table: "Etapa|Custo; '1|100; '1.1|60; '1.2|40; '2|50; '2.1|50",
    wants: { label: 'Etapa', series: ['Custo'], cells: 5, texts: ['1.1', '2.1'] },
  },
  {
    kind: 30,
    name: 'parents in a family tree are numbers of rows',
    table:
      'Id|Nombre|Nacimiento|Padre|Madre|Lugar; 1|Tomás|1871|||Bilbao; 2|Rosa|1878|||Getxo; 3|Luis|1901|1|2|Bilbao; 4|Ana|1904|1|2|Bilbao; 5|Pilar|1907|||Burgos; 6|Jon|1933|3|5|Madrid; 7|Elena|1936|3|5|Madrid; 8|Carlos|1965|6||Madrid',
    wants: { method: 'count', label: 'Lugar', cells: 4 },
  },
  {
    kind: 30,
    name: 'rounds of a fixture list are no measure',
    table:
      'Jornada|Fecha|Local|Resultado|Visitante|Campo; 1|2024-09-14|CD Sur|2-1|Norte|Uno; 1|2024-09-14|Puerto|0-0|Vega|Dos; 2|2024-09-21|Norte|3-2|Puerto|Llano; 2|2024-09-21|Vega|1-4|CD Sur|Uno; 3|2024-09-28|CD Sur||Puerto|Uno; 3|2024-09-28|Norte|aplazado|Vega|Llano',
    wants: { method: 'count', cells: 4 },
  },
  {
    kind: 30,
    name: 'house numbers in a list of contacts',
    table:
      'Nome|Empresa|Cargo|E-mail|Número|Cidade; Ana|A Ltda|Diretora|a@x.br|497|Santos; Bruno|B SA|Gerente|b@x.br|369|Campinas; Carla|C ME|Analista|c@x.br|1805|Santos; Davi|D SA|Gerente|d@x.br|935|São Paulo; Elisa|E SA|Gerente|e@x.br|998|Campinas; Fábio|F SA|Analista|f@x.br|2129|Santos',
    wants: { method: 'count', cells: 3 },
  },
]
