/** Without the sequences that colour a terminal (ECMA-48) and other control characters but the tab. */
export const withoutEscapes = (text: string): string =>
  text
    .replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g, '')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
