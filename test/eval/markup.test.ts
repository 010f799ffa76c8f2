import { describe, expect, test } from 'vitest'
import { escapeText, markup } from '../../src/eval/markup.js'
import { elements, parseMarkup, textOf } from '../support/parse-markup.js'

describe('markup', () => {
  test.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '&lt; &amp; &',
    '</title></style>',
    '📍 größer als 日本',
  ])('shows %j as it is, within text and attributes', text => {
    const parsed = parseMarkup(markup`<a title="${text}">${text}</a>`.text, 'xml')
    expect(parsed.attributes.title).toBe(text)
    expect(textOf(parsed)).toBe(text)
    expect(parsed.children.every(child => typeof child === 'string')).toBe(true)
  })

  test('replaces characters that no document may hold', () => {
    expect(escapeText('\u0000\u0008\ud800 \udc00\ufffe\t\n')).toBe('\ufffd\ufffd\ufffd \ufffd\ufffd\t\n')
  })

  test('takes markup, lists and numbers as they are, nothing for what is not there', () => {
    expect(markup`<b>${[1, markup`<i/>`, '<', [null, undefined, false]]}</b>`.text).toBe('<b>1<i/>&lt;</b>')
  })

  test('escapes every character that means something', () => {
    expect(escapeText(`<>&"'`)).toBe('&lt;&gt;&amp;&quot;&#39;')
  })
})

describe('the parser of these tests', () => {
  test.each([
    '<a><b></a></b>',
    '<a>',
    '</a>',
    '<a b=1/>',
    '<a b="1" b="2"/>',
    '<a>&</a>',
    '<a>&x;</a>',
    '<a/><b/>',
    '<a>< b</a>',
    '<a b/>',
  ])('refuses %s', text => expect(() => parseMarkup(text, 'xml')).toThrow())

  test('knows the liberties of HTML', () => {
    const page = parseMarkup(
      '<!doctype html>\n<html><meta a="1"><details open><style>a>b{}</style></details></html>',
      'html',
    )
    expect(elements(page, 'details')[0]!.attributes).toEqual({ open: '' })
    expect(textOf(page)).toBe('a>b{}')
  })
})
