import type { Axis } from './chart-axis.js'
import { type LinePoint, pathData, pixels, stretches, thin } from './chart-lines.js'
import { LINE_COLORS } from './chart-style.js'
import { type Markup, markup } from './markup.js'

/** One line of a chart. */
export interface Line {
  readonly label: string
  /** By x. */
  readonly points: readonly LinePoint[]
  /** Number of the line's look, from 0. */
  readonly color: number
  readonly dashed?: boolean
  /** An interval around the line, in its order. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[]
  /** A point to be seen: its x. */
  readonly marked?: number
}

/** What one pair of axes shows. */
export interface Panel {
  readonly title: string
  readonly lines: readonly Line[]
  readonly x: Axis
  readonly y: Axis
  /** What x counts. */
  readonly xTitle: string
  /** A level to compare with. */
  readonly level?: { readonly y: number; readonly label: string } | undefined
}

/** A rectangle of a chart, pixels. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Up to so many points are drawn as dots too. */
const DOTTED = 40

/** Draws the axes and lines of a panel into the area between its axes; labels lie left of it and below. */
export function drawPanel(panel: Panel, area: Area): Markup {
  const shown = panel.lines.some(line => line.points.some(point => point.y !== null))
  const { lines, level } = panel
  return markup`<g>${drawAxes(panel, area)}${level && drawLevel(level.y, panel, area)}${lines.map(line =>
    drawBand(line, panel, area),
  )}${lines.map(line => drawLine(line, panel, area))}${level && drawLevelLabel(level, panel, area)}${
    !shown && drawNothing(area)
  }</g>`
}

function drawAxes({ x, y, xTitle }: Panel, area: Area): Markup {
  const rows = y.ticks.map(tick => {
    const at = pixels(toY(y, tick, area))
    return markup`<path class="grid" d="M${area.left} ${at}H${area.right}"/><text class="tick" x="${area.left - 8}" y="${pixels(at + 4)}" text-anchor="end">${y.label(tick)}</text>`
  })
  const columns = x.ticks.map(tick => {
    const at = pixels(toX(x, tick, area))
    return markup`<path class="axis" d="M${at} ${area.bottom}v5"/><text class="tick" x="${at}" y="${area.bottom + 19}" text-anchor="middle">${x.label(tick)}</text>`
  })
  return markup`${rows}${columns}<path class="axis" d="M${area.left} ${area.bottom}H${area.right}"/><text class="tick" x="${pixels((area.left + area.right) / 2)}" y="${area.bottom + 37}" text-anchor="middle">${xTitle}</text>`
}

function drawLevel(level: number, { y }: Panel, area: Area): Markup {
  return markup`<path class="level" d="M${area.left} ${pixels(toY(y, level, area))}H${area.right}"/>`
}

function drawLevelLabel(level: NonNullable<Panel['level']>, { y }: Panel, area: Area): Markup {
  const at = pixels(toY(y, level.y, area) - 5)
  return markup`<text class="tick halo" x="${area.right}" y="${at}" text-anchor="end">${level.label}</text>`
}

function drawBand({ band = [], color }: Line, { x, y }: Panel, area: Area): Markup | null {
  if (band.length < 2) return null
  const edge = (side: 'low' | 'high') =>
    band.map((point): [number, number] => [toX(x, point.x, area), toY(y, point[side], area)])
  const outline = pathData([...thin(edge('high')), ...thin(edge('low').reverse())])
  return markup`<path class="fill ${lineClass(color)}" d="${outline}Z"/>`
}

function drawLine(line: Line, { x, y }: Panel, area: Area): Markup {
  const found = stretches(line.points, (px, py) => [toX(x, px, area), toY(y, py, area)])
  const style = lineClass(line.color)
  const dotted = found.reduce((sum, stretch) => sum + stretch.length, 0) <= DOTTED
  const lines = found.filter(stretch => stretch.length > 1).map(stretch => pathData(thin(stretch)))
  const dots = (dotted ? found.flat() : found.filter(stretch => stretch.length === 1).flat()).map(
    ([cx, cy]) => markup`<circle class="dot ${style}" cx="${pixels(cx)}" cy="${pixels(cy)}" r="2.6"/>`,
  )
  const marked = line.points.find(point => point.x === line.marked)
  const ring =
    marked?.y != null &&
    markup`<circle class="ring ${style}" cx="${pixels(toX(x, marked.x, area))}" cy="${pixels(toY(y, marked.y, area))}" r="6"/>`
  return markup`<g><title>${line.label}</title>${lines.map(d => markup`<path class="line ${style}${line.dashed && ' dashed'}" d="${d}"/>`)}${dots}${ring}</g>`
}

function drawNothing(area: Area): Markup {
  return markup`<text class="tick" x="${pixels((area.left + area.right) / 2)}" y="${pixels((area.top + area.bottom) / 2)}" text-anchor="middle">nothing measured</text>`
}

/** The classes of a line: its color, and from the ninth line on, where colors come again, other dashes. */
export function lineClass(number: number): string {
  const round = Math.floor(number / LINE_COLORS)
  return `c${number % LINE_COLORS}${round > 0 ? ` again${Math.min(round, 2)}` : ''}`
}

function toX(axis: Axis, value: number, { left, right }: Area): number {
  return left + within(axis.place(value)) * (right - left)
}

function toY(axis: Axis, value: number, { top, bottom }: Area): number {
  return bottom - within(axis.place(value)) * (bottom - top)
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share))
}
