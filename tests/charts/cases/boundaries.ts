/** Boundaries of the tables in real workbooks, labelled by hand: the table that a person would draw first. */
export const BOUNDARIES: Record<string, { sheet: string; range: string }> = {
  'clippy-mixed-types.xlsx': { sheet: 'two-row-header', range: 'A1:D3' },
  'deaths-title-rows.xlsx': { sheet: 'arts', range: 'A5:F15' },
  'lebron.xlsx': { sheet: 'Sheet1', range: 'A2:S16' },
  'sales-2018.xlsx': { sheet: 'Sheet1', range: 'A1:G1501' },
  'sales-estimate.xlsx': { sheet: 'projections', range: 'A1:H13' },
  'supermarket-sales.xlsx': { sheet: 'January', range: 'A1:P353' },
  'traffic-forecast.xlsx': { sheet: 'Sheet1', range: 'A1:X981' },
  'web-audience.xlsx': { sheet: 'Dataset1', range: 'A1:B892' },
}
