/** An element of a document, or one of its texts. */
export interface MarkupElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (MarkupElement | string)[]
}

/** Elements of HTML that have no end tag. */
const VOID = new Set(['meta', 'img', 'br', 'link', 'input'])
/** Elements of HTML whose text is no markup. */
const RAW = new Set(['style', 'script'])
const TOKEN = /<!doctype html>|<\/([a-zA-Z]\w*)>|<([a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>|[^<]+|</gi
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g

/**
 * Parses HTML or XML as strictly as XML wants it: every element is closed, attributes are quoted and each there once, only `<` and `&` that
 * are escaped. In HTML, void elements and attributes without a value are fine too.
 *
 * @throws where the text is not well-formed
 */
export function parseMarkup(text: string, kind: 'xml' | 'html'): MarkupElement {
  const root = { name: '', attributes: {}, children: [] as (MarkupElement | string)[] }
  const open = [root]
  let raw = ''
  for (const [token, end, start, attributes, closed] of text.matchAll(TOKEN)) {
    const parent = open.at(-1)!
    if (raw !== '' && end !== raw) {
      parent.children.push(token)
    } else if (end !== undefined) {
      if (end !== parent.name) throw new Error(`</${end}> ends <${parent.name}>.`)
      open.pop()
      raw = ''
    } else if (start !== undefined) {
      const element = { name: start, attributes: parseAttributes(attributes!, kind), children: [] }
      parent.children.push(element)
      if (closed === '/' || (kind === 'html' && VOID.has(start))) continue
      open.push(element)
      if (kind === 'html' && RAW.has(start)) raw = start
    } else if (token === '<') throw new Error(`No markup: ${text.slice(text.indexOf(token), 80)}`)
    else if (!token.startsWith('<!')) parent.children.push(unescaped(token))
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)!.name}> has no end.`)
  const elements = root.children.filter(child => typeof child !== 'string')
  if (elements.length !== 1) throw new Error(`A document has one element, not ${elements.length}.`)
  return elements[0]!
}

/** All elements of a name, in their order. */
export function elements(of: MarkupElement, name: string): MarkupElement[] {
  const inner = of.children.flatMap(child => (typeof child === 'string' ? [] : elements(child, name)))
  return of.name === name ? [of, ...inner] : inner
}

/** The text of an element, tags left out. */
export function textOf(of: MarkupElement): string {
  return of.children.map(child => (typeof child === 'string' ? child : textOf(child))).join('')
}

function parseAttributes(text: string, kind: 'xml' | 'html'): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name, value] of text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)) {
    if (Object.hasOwn(attributes, name!)) throw new Error(`Two attributes ${name}.`)
    if (value === undefined && kind === 'xml') throw new Error(`The attribute ${name} has no value.`)
    attributes[name!] = unescaped(value ?? '')
  }
  return attributes
}

function unescaped(text: string): string {
  if (text.replaceAll(ENTITY, '').includes('&')) throw new Error(`An & is not escaped: ${text.slice(0, 80)}`)
  const characters: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
  return text.replaceAll(ENTITY, entity => characters[entity]!)
}
