/**
 * The style of the page: two columns on a screen, one on a phone and on paper, light and dark. Heat has two colours that
 * colour-blind readers tell apart, and an underline that does without them.
 */
export const pageStyle = `
:root{color-scheme:light dark;--paper:#f4f5f7;--card:#fff;--ink:#1f2328;--soft:#59636e;--line:#d8dee4;--accent:#0757ba;--mark:#fff1b8;--help:9 105 218;--harm:201 84 0;--good:#1a7f37;--none:#9a3412}
@media(prefers-color-scheme:dark){:root{--paper:#0d1117;--card:#161b22;--ink:#e6edf3;--soft:#9aa4af;--line:#30363d;--accent:#6cb0ff;--mark:#4d3f00;--help:76 154 255;--harm:255 140 66;--good:#4ac26b;--none:#ffa657}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;overflow-wrap:anywhere}
main{max-width:1240px;margin:0 auto;padding:28px 20px 40px}
h1{font-size:1.55rem;line-height:1.25;margin:0 0 6px}
h2{font-size:1.02rem;margin:0 0 10px}
h3{font-size:.92rem;margin:0}
p{margin:0 0 10px}
section>:last-child{margin-bottom:0}table+p,.sample+p{margin-top:12px}
.verdict{font-size:1.08rem;margin-bottom:22px}
.verdict strong{color:var(--good)}.verdict .unpaid{color:var(--none)}
.columns{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:18px;align-items:start}
.column{display:grid;gap:18px;min-width:0}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;min-width:0}
.soft,figcaption,summary,dt{color:var(--soft)}
.soft,figcaption{font-size:.88rem}
.text{white-space:pre-wrap;margin:0;line-height:1.75}
.quote{border-left:3px solid var(--line);padding-left:12px}
figure{margin:0}figcaption{margin-top:10px}
.heat span{border-radius:3px;padding:1px 0;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.p1,.p2,.p3,.p4{text-decoration:underline;text-decoration-color:rgb(var(--help));text-underline-offset:3px}
.n1,.n2,.n3,.n4{text-decoration:underline dotted;text-decoration-color:rgb(var(--harm));text-underline-offset:3px}
.p1{background:rgb(var(--help)/.1)}.p2{background:rgb(var(--help)/.2)}.p3{background:rgb(var(--help)/.32)}.p4{background:rgb(var(--help)/.45)}
.n1{background:rgb(var(--harm)/.1)}.n2{background:rgb(var(--harm)/.2)}.n3{background:rgb(var(--harm)/.32)}.n4{background:rgb(var(--harm)/.45)}
mark{background:var(--mark);color:inherit;border-radius:3px;padding:0 1px}
ins{text-decoration:underline;text-decoration-color:rgb(var(--help));text-underline-offset:3px;background:rgb(var(--help)/.16);border-radius:3px}
del{color:var(--soft);background:rgb(var(--harm)/.12);border-radius:3px}
figcaption span,figcaption ins,.soft mark{color:var(--ink)}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:500;color:var(--soft);border-bottom:1px solid var(--line);padding:4px 10px 4px 0}
td{padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
th:last-child,td:last-child{padding-right:0}
.number{text-align:right;white-space:nowrap}
.own td{font-weight:650}
.bar{display:block;height:5px;border-radius:3px;background:var(--accent);margin-top:4px;min-width:1px}
.sample{padding:12px 0;border-top:1px solid var(--line)}.sample:first-of-type{border-top:0;padding-top:0}
.sample .text{font-size:.92rem;line-height:1.55;margin-top:6px}
ol{margin:0;padding-left:1.3em}li{margin-bottom:8px}ul{margin:0;padding-left:1.2em}
details{margin-top:10px}summary{cursor:pointer;font-size:.9rem}
details[open] summary{margin-bottom:8px}
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:4px 14px;margin:0;font-size:.86rem}dd{margin:0}
code,.digest{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.86em}
footer{margin-top:18px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media(max-width:480px){.count{display:none}}
@media(max-width:860px){.columns{grid-template-columns:minmax(0,1fr)}main{padding:18px 12px 32px}section{padding:15px 14px}h1{font-size:1.3rem}th,td{padding-right:7px}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--accent:#0757ba;--mark:#fff1b8;--help:9 105 218;--harm:201 84 0;--good:#1a7f37;--none:#9a3412}
body{font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}main{max-width:none;padding:0}.columns{display:block}.column{display:block}section{border:0;border-top:1px solid #bbb;border-radius:0;padding:10pt 0;break-inside:auto}h2,h3{break-after:avoid}.sample,tr,li{break-inside:avoid}}
`
