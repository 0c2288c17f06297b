/** RFC 4180, with the byte order mark by which spreadsheets know UTF-8. */
export const csvStart = '\uFEFF'

/**
 * One line. Nothing is an empty cell, and a text without characters an empty pair of quotes.
 *
 * A spreadsheet takes a text that begins like a formula for one, and formulas can send what stands in the
 * sheet elsewhere (OWASP: CSV Injection). So such a text gets an apostrophe in front, which spreadsheets
 * take for "text follows"; one that begins with an apostrophe gets a second. To read back what was
 * written, take one apostrophe off where a cell begins with one.
 */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = likeFormula.test(value) ? `'${value}` : value
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

// The last four are what Japanese spreadsheets read as the first four.
const likeFormula = /^['=+\-@\t\r\n＝＋－＠]/
