import { count, formatDuration, lossWords, percent } from '../number-words.js'
import { lineClass } from './chart.js'
import { keyOf } from './chart-key.js'
import { pixels } from './chart-lines.js'
import { type Markup, markup } from './markup.js'
import { bestPoint, differs, factRows, type ReportRun, type RunResult, stateOf } from './report-run.js'

/** The final results of runs, one row each, beside the baselines. */
export function resultsSection(runs: readonly ReportRun[]): Markup {
  return markup`<section aria-labelledby="results">
<h2 id="results">Results on the test pictures</h2>
${comparabilityNote(runs)}
<table class="results">
<thead><tr><th scope="col">Run</th><th scope="col">Cell accuracy, 95% interval</th><th scope="col">Chance</th><th scope="col">Mean color</th><th scope="col">Loss</th><th scope="col">Mean distance</th><th scope="col">Epoch</th></tr></thead>
<tbody>
${runs.map((run, i) => resultRow(run, i))}</tbody>
</table>
<p class="note">${intervalKey()} <b>Cell accuracy</b> is the share of test pieces whose place fell in the right cell. <b>Chance</b> is guessing, <b>mean color</b> the cell whose mean color is nearest, on the same pieces. <b>Loss</b> is the mean squared error of both coordinates; distances are fractions of width and height.</p>
</section>
`
}

function resultRow(run: ReportRun, i: number): Markup {
  const { name, result } = run
  const state = result ? `${stateOf(run)} in ${formatDuration(1000 * result.seconds)}` : stateOf(run)
  const head = markup`<td class="name">${keyOf(i)}<a href="#run-${i + 1}">${name}</a><small>${state}</small></td>`
  if (!result) {
    return markup`<tr>${head}<td class="main" colspan="6">not tested yet<small>${validationWords(run)}</small></td></tr>\n`
  }
  const { test, baselines, bestEpoch } = result
  const [low, high] = test.cellAccuracyInterval
  const cells = [
    markup`<td class="main"><b>${percent(test.cellAccuracy)}</b> <span>${percent(low)} to ${percent(high)}, n = ${count(test.n)}</span>${intervalFigure(result, i)}<small>${verdict(result)}</small></td>`,
    cell('Chance', percent(baselines.chance)),
    cell('Mean color', percent(baselines.meanColor.cellAccuracy)),
    cell('Loss', lossWords(test.mse)),
    cell(
      'Mean distance',
      markup`${lossWords(test.meanDistance)}<small>median ${lossWords(test.medianDistance)}</small>`,
    ),
    cell('Epoch', String(bestEpoch)),
  ]
  return markup`<tr>${head}${cells}</tr>\n`
}

function cell(label: string, value: string | Markup): Markup {
  return markup`<td data-label="${label}">${value}</td>`
}

function validationWords(run: ReportRun): string {
  const best = bestPoint(run)
  if (best) return `best validation so far: ${percent(best.valAccuracy!)} in epoch ${best.epoch}`
  const last = run.curve.at(-1)
  if (last?.trainAccuracy == null) return 'no epoch was finished'
  return `training accuracy ${percent(last.trainAccuracy)} in epoch ${last.epoch}`
}

/** What the interval lets one say. */
export function verdict({ test, baselines }: RunResult): string {
  const [low] = test.cellAccuracyInterval
  if (low <= baselines.chance) return 'not better than chance'
  const other = low > baselines.meanColor.cellAccuracy ? ' and mean color' : ', not better than mean color'
  return `better than chance${other}`
}

/** The accuracy with its interval between 0 and 100%, a stroke for chance, a diamond for mean color. */
function intervalFigure({ test, baselines }: RunResult, i: number): Markup {
  const at = (share: number): number => pixels(8 + 224 * Math.min(1, Math.max(0, share)))
  const [low, high] = test.cellAccuracyInterval
  const color = at(baselines.meanColor.cellAccuracy)
  const title = `${percent(test.cellAccuracy)}, 95% interval ${percent(low)} to ${percent(high)}`
  return markup`<svg class="chart" viewBox="0 0 240 24" role="img"><title>${title}</title><path class="grid" d="M8 12H232M8 6v12M120 6v12M232 6v12"/><path class="mark" d="M${at(baselines.chance)} 5v14"/><path class="mark" d="M${color} 6l6 6l-6 6l-6 -6z"/><path class="bar line ${lineClass(i)}" d="M${at(low)} 12H${at(high)}"/><circle class="dot ${lineClass(i)}" cx="${at(test.cellAccuracy)}" cy="12" r="4"/></svg>`
}

function intervalKey(): Markup {
  return markup`<svg class="chart sign" viewBox="0 0 34 16" aria-hidden="true"><path class="line bar c0" d="M4 8H30"/><circle class="dot c0" cx="17" cy="8" r="4"/></svg> accuracy and interval between 0 and 100%, <svg class="chart sign" viewBox="0 0 8 16" aria-hidden="true"><path class="mark" d="M4 1v14"/></svg> chance, <svg class="chart sign" viewBox="0 0 16 16" aria-hidden="true"><path class="mark" d="M8 2l6 6l-6 6l-6 -6z"/></svg> mean color.`
}

/** Accuracies say which run is better only where the tests were the same. */
function comparabilityNote(runs: readonly ReportRun[]): Markup | null {
  const tested = runs.filter(run => run.result)
  const tests = factRows(tested.map(({ config, result }) => testOf(config, result!))).filter(differs)
  if (tests.length === 0) return null
  const names = tests.map(({ name }) => name).join(', ')
  return markup`<p class="warning">These runs were not tested on the same pieces (${names}): their accuracies cannot be compared directly.</p>`
}

function testOf(config: ReportRun['config'], { pictures, test }: RunResult): ReportRun['config'] {
  const drawn = pictures.from === 'embedded'
  const { grid, evaluatePieces, seed, embedded } = config
  const size = drawn ? (embedded as ReportRun['config'] | undefined)?.size : undefined
  // The seed decides how pieces are photographed, and which pictures are drawn.
  return {
    grid,
    pieces: evaluatePieces,
    pictures: pictures.from,
    n: test.n,
    seed: drawn || evaluatePieces === 'photographed' ? seed : null,
    size,
  }
}
