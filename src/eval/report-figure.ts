import { type Area, drawPanel, type Panel } from './chart.js'
import { keyOf } from './chart-key.js'
import { type Markup, markup } from './markup.js'

const WIDTH = 480
const HEIGHT = 290
const AREA: Area = { left: 58, top: 14, right: 462, bottom: 236 }

/** A panel with its title and legend, as part of a page. */
export function chartFigure(panel: Panel): Markup {
  const keys = panel.lines.map(({ label, color, dashed }) => markup`<li>${keyOf(color, dashed)}${label}</li>`)
  return markup`<figure class="plot"><figcaption>${panel.title}</figcaption><ul class="legend">${keys}</ul><svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"><title>${panel.title}</title>${drawPanel(panel, AREA)}</svg></figure>
`
}
