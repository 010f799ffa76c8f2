/** Colors of charts, told apart by most color-blind eyes (after Okabe and Ito 2008), for light and for dark paper. */
const themes = {
  light: {
    paper: '#ffffff',
    ink: '#20232b',
    faint: '#656b78',
    grid: '#e4e6eb',
    axis: '#9a9fab',
    lines: ['#0068ad', '#cf5300', '#007d5c', '#a8508a', '#8a6d00', '#2b93cf', '#6a3fb5', '#555b66'],
  },
  dark: {
    paper: '#16181d',
    ink: '#eceef2',
    faint: '#a0a6b3',
    grid: '#2d3139',
    axis: '#6b717d',
    lines: ['#58b4f4', '#ff9350', '#3cc79c', '#e592c8', '#e0bf3a', '#9ad4f7', '#b79bf5', '#b9bec9'],
  },
}

/** How many colors lines have. */
export const LINE_COLORS = themes.light.lines.length

const forms = `.chart text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:13px}
.chart .title{font-size:16px;font-weight:600}
.chart .panel{font-weight:600}
.chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.chart .dashed{stroke-dasharray:1 5;stroke-width:2.2}
.chart .again1{stroke-dasharray:9 4}
.chart .again2{stroke-dasharray:9 3 2 3}
.chart .grid,.chart .axis,.chart .level{fill:none;stroke-width:1}
.chart .level{stroke-dasharray:6 4}
.chart .fill{stroke:none;fill-opacity:.16}
.chart .ring{fill:none;stroke-width:1.8}
.chart .dot{stroke:none}
.chart .halo{paint-order:stroke;stroke-width:4;stroke-linejoin:round}
`

/** The style sheet of charts that follow the reader's choice of light or dark. */
export const chartStyle = `${forms}${rules(themes.light)}@media (prefers-color-scheme:dark){${rules(themes.dark)}}`

/** The colors of lines, for legends outside of charts: rules of `.key.c0`, `.key.c1`, ... */
export const keyStyle = `${keyRules(themes.light)}@media (prefers-color-scheme:dark){${keyRules(themes.dark)}}`

function rules({ paper, ink, faint, grid, axis, lines }: (typeof themes)['light']): string {
  const lineRules = lines.map(
    (color, i) =>
      `.chart .line.c${i},.chart .ring.c${i}{stroke:${color}}.chart .dot.c${i},.chart .fill.c${i}{fill:${color}}`,
  )
  return `.chart .paper{fill:${paper}}.chart .halo{stroke:${paper}}.chart text{fill:${ink}}.chart .tick{fill:${faint}}.chart .grid{stroke:${grid}}.chart .axis,.chart .level{stroke:${axis}}
${lineRules.join('\n')}
`
}

function keyRules({ lines }: (typeof themes)['light']): string {
  return lines.map((color, i) => `.key.c${i}{color:${color}}`).join('\n')
}
