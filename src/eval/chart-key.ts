import { lineClass } from './chart.js'
import { type Markup, markup } from './markup.js'

/** A line of a legend: its color, and whether it is dotted. */
export function keyOf(color: number, dashed = false): Markup {
  return markup`<span class="key ${lineClass(color)}${dashed && ' dashed'}" aria-hidden="true"></span>`
}
