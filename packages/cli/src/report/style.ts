/** The page's whole style. What the switches at its head choose is here, too: it needs no script. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2024;--faint:#5d6570;--rule:#d5d9de;--panel:#f5f6f8;--accent:#0b66c3;
--c0:#1763b6;--c1:#c2410c;--c2:#15803d;--c3:#9333ea;--c4:#b45309;--c5:#0e7490;--c6:#be185d;--c7:#4b5563}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e6e8ea;--faint:#a0a8b2;--rule:#343a41;--panel:#1d2125;--accent:#6cb2ff;
--c0:#6cb2ff;--c1:#fb923c;--c2:#4ade80;--c3:#c084fc;--c4:#facc15;--c5:#22d3ee;--c6:#f472b6;--c7:#9ca3af}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:1rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1,h2,h3{line-height:1.2;overflow-wrap:anywhere}h2{margin-top:2.5rem;border-bottom:1px solid var(--rule)}
small,figcaption small,dt{color:var(--faint)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dd{margin:0;overflow-wrap:anywhere}
.switch{display:inline-block;margin-right:1.2rem}.switch input{margin:0}
#smooth,#log{width:1.1rem;height:1.1rem;vertical-align:middle;accent-color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));gap:1rem;align-items:start}
figure{margin:0}.chart,.clip{background:var(--panel);border-radius:.5rem;padding:.75rem;min-width:0}
.chart figcaption{font-weight:600}.chart>svg{width:100%;height:auto;display:block}
svg text{font-size:12px;fill:var(--faint)}.grid{stroke:var(--rule)}
path{fill:none;stroke-width:1.3;stroke-linejoin:round}.hover{fill:transparent}.hover:hover{fill:var(--faint);fill-opacity:.15}
${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => `path.c${i}{stroke:var(--c${i})}circle.c${i},rect.c${i}{fill:var(--c${i})}`).join('')}
#log:not(:checked)~main .log,#log:checked~main .linear{display:none}
#smooth:not(:checked)~main .smooth{display:none}#smooth:checked~main .raw{opacity:.3}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;width:100%}
th,td{text-align:left;padding:.15rem .5rem .15rem 0;white-space:nowrap;font-variant-numeric:tabular-nums}thead th{color:var(--faint);font-weight:400}
tbody th{font-weight:400}.key{width:.7rem;height:.7rem;margin-right:.4rem}
.clip{margin:1rem 0}.takes{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:1rem}
.take audio{width:100%}.take img{width:100%;height:9rem;display:block;margin:.3rem 0;image-rendering:auto;border:1px solid var(--rule)}
pre{overflow-x:auto;background:var(--panel);padding:1rem;border-radius:.5rem;font-size:.85rem}
.note{color:var(--faint)}
@media (max-width:32rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
@media print{.switch,#smooth,#log{display:none}}
`;
