import { chartStyle, keyStyle } from './chart-style.js'

/** The style sheet of a report: light or dark as the reader has it, one column on a phone. */
export const reportStyle = `:root{--paper:#f6f7f9;--card:#fff;--ink:#20232b;--faint:#5d6370;--line:#dfe2e8;--accent:#0068ad;--warn:#8a4b00;--warn-paper:#fff4e2}
@media (prefers-color-scheme:dark){:root{--paper:#0f1115;--card:#16181d;--ink:#eceef2;--faint:#a0a6b3;--line:#2d3139;--accent:#58b4f4;--warn:#ffc481;--warn-paper:#2c2113}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
header,main{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem;padding-bottom:1.25rem}
h1{margin:0;font-size:1.75rem;line-height:1.2;letter-spacing:-.01em}
header p{margin:.35rem 0 0;color:var(--faint)}
h2{margin:0;font-size:1.15rem;line-height:1.3}
a{color:var(--accent)}
section,.run{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem 1.5rem;margin:0 0 1.25rem}
section>h2{margin-bottom:1rem}
small{display:block;color:var(--faint);font-size:.85rem;font-weight:400}
.note{margin:.9rem 0 0;color:var(--faint);font-size:.875rem;max-width:60rem}
.note b{color:var(--ink);font-weight:600}
.warning{margin:0 0 1rem;padding:.6rem .9rem;border-left:3px solid var(--warn);border-radius:4px;background:var(--warn-paper);color:var(--warn);font-size:.925rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;font-size:.85rem;color:var(--faint);vertical-align:bottom}
th,td{padding:.55rem .75rem;border-top:1px solid var(--line)}
thead th{border-top:0}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
.results td{vertical-align:top}
.results .name a{font-weight:600;text-decoration:none}
.results .name a:hover{text-decoration:underline}
.results .name{min-width:15rem;overflow-wrap:anywhere}
.results .main{width:24rem}
.results td[data-label],.results .main b,.results .main span{white-space:nowrap}
.results .main b{font-size:1.3rem;line-height:1.2}
.results .main span{color:var(--faint);font-size:.875rem}
.results .main svg{display:block;width:100%;max-width:22rem;margin:.15rem 0}
.key{display:inline-block;width:1.4rem;margin-right:.55rem;border-top:3px solid currentColor;vertical-align:.28em}
.key.again1{border-top-style:dashed}
.key.again2{border-top-style:double}
.key.dashed{border-top-style:dotted}
.chart .mark{fill:none;stroke:var(--faint);stroke-width:1.6}
.chart .bar{stroke-dasharray:none;stroke-width:5;stroke-opacity:.45}
.sign{display:inline-block;height:1em;vertical-align:-.12em}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.5rem}
figure{margin:0}
.plot svg{display:block;width:100%;height:auto}
.plot figcaption{font-weight:600}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.4rem;margin:.2rem 0 .4rem;padding:0;font-size:.9rem}
.scroll{overflow:auto;max-height:36rem}
.sheet .scroll{max-height:none}
.scroll thead th{position:sticky;top:0;background:var(--card)}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.facts{width:auto;min-width:min(100%,24rem)}
.facts{font-size:.925rem}
.facts td{overflow-wrap:anywhere;min-width:8.5rem}
.facts th[scope=row],.scroll thead th:first-child{left:0;z-index:1}
.facts th[scope=row]{position:sticky;background:var(--card);font-weight:400;white-space:nowrap;vertical-align:top}
.facts th[scope=col]{color:var(--ink)}
.epochs{white-space:nowrap;font-size:.9rem}
.epochs td,.epochs th{text-align:right}
.epochs .best td:first-child::before{content:"best ";color:var(--accent)}
.anchor{scroll-margin-top:5rem}
details details{border-top:1px solid var(--line);margin-top:.9rem;padding-top:.9rem}
section details{margin-top:.9rem}
summary{cursor:pointer;color:var(--accent)}
.run>summary{color:inherit;margin-bottom:0;list-style-position:inside}
.run>summary h2{display:inline}
.run>summary p{margin:.2rem 0 0;color:var(--faint);font-size:.9rem}
.run[open]>summary{margin-bottom:1.1rem}
.sheets{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1.25rem;margin-top:1.25rem}
.sheet img{display:block;max-width:100%;height:auto;border-radius:8px}
details .sheet,details>.scroll{margin-top:.8rem}
@media (max-width:64rem){
header{padding-top:1.5rem}
header,main{padding-left:.75rem;padding-right:.75rem}
section,.run{padding:1rem}
.results,.results tbody{display:block}
.results thead{display:none}
.results tr{display:grid;grid-template-columns:repeat(auto-fit,minmax(5.8rem,1fr));gap:.4rem .75rem;padding:.9rem 0;border-top:1px solid var(--line)}
.results tr:first-child{border-top:0;padding-top:0}
.results td{display:block;border:0;padding:0}
.results .name,.results .main{grid-column:1/-1;width:auto}
.results td[data-label]{font-size:.95rem}
.results td[data-label]::before{content:attr(data-label);display:block;color:var(--faint);font-size:.8rem}
}
@media (max-width:36rem){.sheet img{min-width:34rem}}
@media print{body{background:none}section,.run{break-inside:avoid}}
${chartStyle}${keyStyle}`
