import { counted } from '../number-words.js'
import { keyOf } from './chart-key.js'
import { comparisonPanels, runPanels } from './curve-panels.js'
import { Markup, markup } from './markup.js'
import { chartFigure } from './report-figure.js'
import { resultsSection } from './report-results.js'
import { bestPoint, chanceOf, factRows, type ReportRun, type Sheet, stateOf } from './report-run.js'
import { reportStyle } from './report-style.js'
import { configSection, epochTable, factTable } from './report-tables.js'

/** What a report says of itself. */
export interface ReportOrigin {
  /** The day, as people write it. */
  readonly date: string
  readonly version: string
}

/** What marks a page as a report: only such a file is ever replaced by another. */
export const reportMark = '<meta name="generator" content="piece-locator report">'

/** More runs than this are folded, so that the page can be overlooked. */
const UNFOLDED = 3

/** One or several runs as one HTML page that needs nothing from elsewhere and runs no scripts. @param runs at least one */
export function reportPage(runs: readonly ReportRun[], { date, version }: ReportOrigin): string {
  const title = runs.length === 1 ? runs[0]!.name : 'Training runs'
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
${new Markup(reportMark)}
<title>${title}</title>
<style>
${new Markup(reportStyle)}</style>
</head>
<body>
<header><h1>${title}</h1><p>${counted(runs.length, 'run')}, ${date}, piece-locator ${version}</p></header>
<main>
${resultsSection(runs)}${runs.length > 1 && markup`${curvesSection(runs)}${configSection(runs)}`}${runs.map((run, i) => runSection(run, i, runs.length <= UNFOLDED))}</main>
</body>
</html>
`.text
}

function curvesSection(runs: readonly ReportRun[]): Markup {
  const chances = new Set(runs.map(chanceOf))
  const panels = comparisonPanels(
    runs.map(({ name, curve }) => ({ name, points: curve })),
    chances.size === 1 ? [...chances][0]! : null,
  )
  return markup`<section aria-labelledby="curves">
<h2 id="curves">Curves</h2>
<div class="plots">${panels.map(chartFigure)}</div>
<p class="note">Validation of each run, with its last value; dotted where a run did not validate: then its training, which is measured with augmentation.</p>
</section>
`
}

function runSection(run: ReportRun, i: number, open: boolean): Markup {
  const { curve, config, environment, sheets, problems } = run
  const best = bestPoint(run)
  const words = [stateOf(run), best && `best in epoch ${best.epoch}`, run.path].filter(Boolean).join(' · ')
  return markup`<details class="run"${open && new Markup(' open')}>
<summary><h2>${keyOf(i)}${run.name}</h2><p>${words}</p></summary>
<div class="anchor" id="run-${i + 1}"></div>
${problems.map(problem => markup`<p class="warning">${problem}</p>`)}
<div class="plots">${runPanels(curve, chanceOf(run)).map(chartFigure)}</div>
<p class="note">Training is measured with augmentation, as it goes; the band is the 95% interval of validation, the ring its best epoch.</p>
<div class="sheets">${sheets.predictions.map(sheet => picture(sheet))}</div>
${sheets.batch && markup`<details><summary>The first training batch</summary>${picture(sheets.batch)}</details>`}
<details><summary>Epochs</summary>${epochTable(run)}</details>
<details><summary>Configuration</summary>${factTable(factRows([config]), [])}</details>
${environment && markup`<details><summary>Environment</summary>${factTable(factRows([environment]), [])}</details>`}
</details>
`
}

function picture({ title, source, width, height }: Sheet): Markup {
  return markup`<figure class="sheet"><div class="scroll" tabindex="0"><img src="${source}" alt="${title}" width="${width}" height="${height}"></div></figure>
`
}
