/** Text that is markup already. Everything else that goes into markup is escaped. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

/** What may stand in a template of markup: texts and numbers, which are escaped; markup, lists of it; nothing for null and false. */
export type Content = string | number | Markup | null | undefined | false | readonly Content[]

/**
 * A template of HTML or SVG that escapes what is put into it, within text and within quoted attributes alike.
 *
 * @example markup`<td title="${name}">${value}</td>`
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + render(values[i - 1]) + part))
}

/** Text as XML and HTML show it. Characters that XML forbids become U+FFFD. */
export function escapeText(text: string): string {
  return text
    .replace(forbidden, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'string') return escapeText(value)
  return typeof value === 'number' ? String(value) : value.map(render).join('')
}
