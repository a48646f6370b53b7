"""How the page looks, in light and in dark. A module, so that the fingerprint covers it."""

CSS = """
:root { color-scheme: light dark; --paper: #fcfcfb; --card: #ffffff; --ink: #1b1b1a;
  --soft: #6b6a66; --line: #dedcd6; --train: #2a78d6; --validation: #d9601f; --test: #12875d;
  --stop: #c42b2b; --warn: #9a6700; --fine: #12875d; }
@media (prefers-color-scheme: dark) { :root { --paper: #181817; --card: #222221; --ink: #eeede9;
  --soft: #a3a19b; --line: #3b3a37; --train: #5b9fee; --validation: #f08a50; --test: #35bd8d;
  --stop: #ff7b72; --warn: #e3b341; --fine: #35bd8d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 74rem; background: var(--paper);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: .9rem; font-weight: 600; margin: 0 0 .5rem; }
p, figcaption { color: var(--soft); margin: .25rem 0; max-width: 48rem; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .9rem 1rem; margin: 0; min-width: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
th { color: var(--soft); font-weight: 500; }
th:first-child, td:first-child, .words { text-align: left; }
tr:last-child td { border-bottom: 0; }
small { color: var(--soft); font-size: .85em; }
ul { list-style: none; margin: 0; padding: 0; }
li { padding: .5rem 0 .5rem .8rem; border-left: 3px solid; margin: .4rem 0; }
li b { text-transform: uppercase; font-size: .75rem; letter-spacing: .05em; margin-right: .4rem; }
.stop { border-color: var(--stop); } .stop b { color: var(--stop); }
.warn { border-color: var(--warn); } .warn b { color: var(--warn); }
.fine { border-color: var(--fine); } .fine b { color: var(--fine); }
.key { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin: 0 .35em; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--soft); font-size: 11px; }
.axis { stroke: var(--line); }
.bar { fill: var(--train); opacity: .55; }
.step { fill: none; stroke-width: 1.75; }
.share { height: .55rem; border-radius: 2px; }
.grid th, .grid td { padding-right: .5rem; }
.bars { min-width: 2.5rem; width: 100%; }
"""
