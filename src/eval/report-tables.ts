import { lossWords, percent } from '../number-words.js'
import { type Content, type Markup, markup } from './markup.js'
import { bestPoint, differs, type FactRow, factRows, type ReportRun } from './report-run.js'

/** About as many epochs as one looks through. */
const MOST_ROWS = 500

/** What of a run's environment decides nothing and differs always. */
const NOT_COMPARED = new Set(['startedAt', 'commandLine'])

/** In what runs differ, beside what they have in common. */
export function configSection(runs: readonly ReportRun[]): Markup {
  const config = factRows(runs.map(run => run.config))
  const machine = factRows(runs.map(run => run.environment)).filter(({ name }) => !NOT_COMPARED.has(name))
  const rows = [...config, ...machine]
  const different = rows.filter(differs)
  const names = runs.map(run => run.name)
  const differences =
    different.length > 0 ? factTable(different, names) : markup`<p>The runs have the same configuration.</p>`
  const same = rows.filter(row => !differs(row)).map(({ name, values }) => ({ name, values: values.slice(0, 1) }))
  return markup`<section aria-labelledby="configuration">
<h2 id="configuration">Configuration: the differences</h2>
${differences}
<details><summary>What all have in common</summary>${factTable(same, [])}</details>
</section>
`
}

/** Names and values, with a head of the runs' names where there are several. */
export function factTable(rows: readonly FactRow[], runs: readonly string[]): Markup {
  const head =
    runs.length > 0 &&
    markup`<thead><tr><th scope="col">Setting</th>${runs.map(run => markup`<th scope="col">${run}</th>`)}</tr></thead>`
  const body = rows.map(
    ({ name, values }) =>
      markup`<tr><th scope="row">${name}</th>${values.map(value => markup`<td>${value ?? '–'}</td>`)}</tr>`,
  )
  return scrolling(markup`<table class="facts">${head}<tbody>${body}</tbody></table>`)
}

const columns: readonly (readonly [title: string, key: string, words: (value: number) => string])[] = [
  ['Epoch', 'epoch', String],
  ['Train loss', 'trainLoss', lossWords],
  ['Train accuracy', 'trainAccuracy', percent],
  ['Val loss', 'valMse', lossWords],
  ['Val accuracy', 'valAccuracy', percent],
  ['Mean distance', 'valMeanDistance', lossWords],
  ['Backbone rate', 'backboneLr', lossWords],
  ['Head rate', 'headLr', lossWords],
  ['Seconds', 'seconds', value => value.toFixed(0)],
  ['Step, ms', 'stepMs', value => value.toFixed(0)],
  ['Data wait, ms', 'dataMs', value => value.toFixed(0)],
]

/** Epochs with all that was measured: all of them, or of very many some, the best and the last among them. */
export function epochTable(run: ReportRun): Markup {
  const best = bestPoint(run)?.epoch
  const head = columns.map(([title]) => markup`<th scope="col">${title}</th>`)
  const every = Math.ceil(run.epochs.length / MOST_ROWS)
  const shown = run.epochs.filter((epoch, i) => i % every === 0 || epoch.epoch === best || i === run.epochs.length - 1)
  const body = shown.map(epoch => {
    const cells = columns.map(([, key, words]) => markup`<td>${valueWords(epoch[key], words)}</td>`)
    return markup`<tr${epoch.epoch === best && markup` class="best"`}>${cells}</tr>\n`
  })
  return scrolling(markup`<table class="epochs"><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table>`)
}

function valueWords(value: number | boolean | null | undefined, words: (value: number) => string): Content {
  return typeof value === 'number' ? words(value) : '–'
}

/** A wide table that scrolls by itself, by keyboard too, so that the page does not. */
function scrolling(table: Markup): Markup {
  return markup`<div class="scroll" tabindex="0">${table}</div>`
}
