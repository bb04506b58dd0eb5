/** The style of all pages, for light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --back: #f6f7f9; --card: #fff; --text: #1b1f24; --soft: #59636e; --line: #d8dde3; --track: #e8ebef;
  --before: #c2410c; --after: #15803d; --worse: #b91c1c; --unknown: #855608; --changed: #0b63b0; --same: #166534;
  --worse-back: #fdecec; --unknown-back: #fdf3dc; --good-back: #e5f5ea; --code: #f0f2f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0e1116; --card: #171b22; --text: #e6eaf0; --soft: #9aa5b1; --line: #2c333d; --track: #262d37;
    --before: #f0883e; --after: #3fb950; --worse: #ff7b72; --unknown: #e3b341; --changed: #6cb6ff; --same: #3fb950;
    --worse-back: #3a1a1c; --unknown-back: #342a12; --good-back: #12301d; --code: #222832;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { font-size: 22px; line-height: 1.3; margin: 10px 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 0 0 14px; }
h3 { font-size: 14px; margin: 20px 0 6px; color: var(--soft); font-weight: 600; }
p { margin: 0 0 8px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px 22px; margin-top: 16px; }
code, pre, .code { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 6px; padding: 12px; overflow-x: auto; white-space: pre-wrap; margin: 12px 0 0; }
.soft { color: var(--soft); }
.badge { display: inline-block; border-radius: 999px; padding: 3px 14px; font-weight: 650; font-size: 14px; }
.badge.good { background: var(--good-back); color: var(--same); }
.badge.worse { background: var(--worse-back); color: var(--worse); }
.badge.unknown { background: var(--unknown-back); color: var(--unknown); }
.hero { display: flex; flex-wrap: wrap; gap: 6px 48px; align-items: flex-end; margin-bottom: 18px; }
.hero div { min-width: 90px; }
.hero strong { display: block; font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.hero .after strong { color: var(--after); }
.hero .larger strong { color: var(--worse); }
.bar { display: grid; grid-template-columns: 60px 1fr 76px; gap: 12px; align-items: center; margin: 6px 0; }
.bar span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
.track { background: var(--track); border-radius: 5px; height: 20px; overflow: hidden; }
.fill { height: 100%; min-width: 2px; border-radius: 5px; background: var(--before); }
.fill.after { background: var(--after); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: baseline; }
tr:last-child > * { border-bottom: 0; }
th:first-child, td:first-child { padding-left: 0; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.figures { margin-top: 20px; width: auto; min-width: 50%; }
.figures .saved { padding-left: 28px; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 28px; }
.sides > div { min-width: 0; }
.sides h3 { margin-top: 0; }
.layers { table-layout: fixed; }
.layers th:first-child { width: auto; }
.layers th.number { width: 76px; }
.layers .base td { color: var(--soft); }
.layers .meter { height: 3px; border-radius: 2px; margin-top: 3px; background: var(--before); }
.layers.after .meter { background: var(--after); }
.layers .base .meter { opacity: 0.45; }
.clip { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tag { border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; font-size: 11px; color: var(--soft); }
svg { display: block; width: 100%; height: auto; margin-bottom: 14px; }
svg text { fill: #fff; font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif; }
svg .name { font-weight: 600; font-size: 12px; }
svg .faint { fill-opacity: 0.85; }
.classes th, .classes td { white-space: nowrap; }
.classes .largest, .classes td:last-child { width: 60%; padding-left: 28px; white-space: normal; }
.classes summary { cursor: pointer; }
.scroll { max-height: 420px; overflow-y: auto; }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 8px; }
.check { border-bottom: 1px solid var(--line); }
.check:last-child { border-bottom: 0; }
.check > summary, .check.plain { display: grid; grid-template-columns: 22px 160px 1fr; gap: 8px; padding: 6px 0; }
.check > summary { cursor: pointer; list-style: none; }
.check > summary::-webkit-details-marker { display: none; }
.check > summary .text::after { content: " ▸"; color: var(--soft); }
.check[open] > summary .text::after { content: " ▾"; }
.check ul { margin: 0 0 10px 190px; padding: 0; list-style: none; }
.check li { margin: 3px 0; padding-left: 22px; position: relative; overflow-wrap: anywhere; }
.check li.only { padding-left: 0; }
.check li > .symbol { position: absolute; left: 0; }
.symbol { font-weight: 700; text-align: center; }
.worse > summary .text { color: var(--worse); font-weight: 500; }
.unknown > summary .text { color: var(--unknown); font-weight: 500; }
.symbol.worse { color: var(--worse); } .symbol.unknown { color: var(--unknown); }
.symbol.changed { color: var(--changed); } .symbol.same { color: var(--same); }
.hint { display: block; color: var(--soft); }
.hint::before { content: "→ "; }
.counts { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-bottom: 4px; }
.trouble { border-color: var(--worse); }
dl { display: grid; grid-template-columns: 90px 1fr; gap: 4px 12px; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.findings td:nth-child(3) { width: 100%; overflow-wrap: anywhere; }
.findings td:last-child { white-space: nowrap; overflow-wrap: normal; }
.findings pre { margin: 4px 0 6px; padding: 6px 10px; }
.symbol.error { color: var(--worse); } .symbol.warn { color: var(--unknown); } .symbol.info { color: var(--changed); }
mark { background: none; color: inherit; text-decoration: underline wavy var(--worse); text-underline-offset: 3px; }
footer { color: var(--soft); font-size: 13px; margin-top: 18px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--changed); outline-offset: 2px; }
@media (max-width: 760px) {
  .sides { grid-template-columns: 1fr; }
  .check > summary, .check.plain { grid-template-columns: 22px 1fr; }
  .check .text { grid-column: 2; }
  .check ul { margin-left: 30px; }
  section { padding: 16px; }
}
@media print { body { background: none; } section { break-inside: avoid; } .classes th, .classes td { white-space: nowrap; }
.classes .largest, .classes td:last-child { width: 60%; padding-left: 28px; white-space: normal; }
.classes summary { cursor: pointer; }
.scroll { max-height: none; } }
`;
