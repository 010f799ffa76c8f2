import { type Area, drawPanel, type Line, lineClass, type Panel } from './chart.js'
import { chartStyle } from './chart-style.js'
import { type CurvePoint, runPanels } from './curve-panels.js'
import { Markup, markup } from './markup.js'

/** What is written beside a curve. */
export interface CurveTexts {
  readonly title: string
  readonly subtitle: string
  /** The accuracy of guessing. */
  readonly chance: number
}

const WIDTH = 960
const HEIGHT = 420
const AREAS: readonly Area[] = [
  { left: 64, top: 136, right: 456, bottom: 364 },
  { left: 548, top: 136, right: 936, bottom: 364 },
]
/** Where texts begin, left of the area. */
const INDENT = 40
/** About the width of a character of 13 pixels. */
const CHARACTER = 7

/** A run's training curve as a whole SVG file: cell accuracy and loss. @param points in the order of their epochs */
export function trainingCurveSvg(points: readonly CurvePoint[], { title, subtitle, chance }: CurveTexts): string {
  const panels = runPanels(points, chance)
  return markup`<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">
<title>${title}</title>
<desc>${subtitle}</desc>
<style>
${new Markup(chartStyle)}</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="10"/>
<text class="title" x="24" y="38">${title}</text>
<text class="tick" x="24" y="60">${subtitle}</text>
${panels.map((panel, i) => markup`${drawHead(panel, AREAS[i]!)}${drawPanel(panel, AREAS[i]!)}\n`)}</svg>
`.text
}

function drawHead({ title, lines }: Panel, { left, top }: Area): Markup {
  let x = left - INDENT
  const keys = lines.map(line => {
    const key = drawKey(line, x, top - 20)
    x += 34 + CHARACTER * line.label.length + 20
    return key
  })
  return markup`<text class="panel" x="${left - INDENT}" y="${top - 42}">${title}</text>${keys}`
}

function drawKey({ label, color, dashed }: Line, x: number, y: number): Markup {
  const sample = markup`<path class="line ${lineClass(color)}${dashed && ' dashed'}" d="M${x} ${y - 4}h26"/>`
  return markup`${sample}<text x="${x + 34}" y="${y}">${label}</text>`
}
