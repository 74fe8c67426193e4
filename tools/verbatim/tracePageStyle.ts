/** Colours of payees (Okabe and Ito's), each with an underline of its own kind, and cards that a click brings forward. */
export const tracePageStyle = `
:root{--c0:0 94 158;--c1:184 78 0;--c2:0 112 81;--c3:158 64 122;--c4:122 88 0;--c5:60 76 175;--c6:89 99 110;--c7:110 119 129}
@media(prefers-color-scheme:dark){:root{--c0:94 183 245;--c1:255 150 84;--c2:78 201 160;--c3:231 150 200;--c4:233 196 92;--c5:160 172 255;--c6:154 164 175;--c7:139 148 158}}
.c0{--own:var(--c0)}.c1{--own:var(--c1)}.c2{--own:var(--c2)}.c3{--own:var(--c3)}.c4{--own:var(--c4)}.c5{--own:var(--c5)}.c6{--own:var(--c6)}.c7{--own:var(--c7)}.none{--own:var(--c7)}
.label{border-left:4px solid rgb(var(--c1));padding:8px 12px;background:rgb(var(--c1)/.08);border-radius:0 8px 8px 0;margin:-8px 0 22px;max-width:78ch}
.heat .span,.heat a.span{color:var(--ink);background:rgb(var(--own)/.17);border-bottom:2px solid rgb(var(--own));border-radius:3px 3px 0 0;padding:1px 0;text-decoration:none;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.heat .span.c7{background:none;border-bottom:2px dotted rgb(var(--c7))}
.heat .span.c6{border-bottom-style:dashed}
.heat a.span:hover{background:rgb(var(--own)/.34)}
.heat a.span:target{background:rgb(var(--own)/.34);outline:2px solid rgb(var(--own))}
.keys{display:flex;flex-wrap:wrap;gap:4px 16px;margin-bottom:6px}
.dot{display:inline-block;width:.8em;height:.8em;border-radius:3px;margin-right:6px;background:rgb(var(--own));vertical-align:-1px}.dot.c7{background:none;border-bottom:2px dotted rgb(var(--c7))}
.bar{background:rgb(var(--own))}
.card{border-left:4px solid rgb(var(--own));border-top:0;padding:10px 0 10px 14px;margin-top:14px;scroll-margin-top:14px}.card:first-of-type{padding-top:10px}
.card h3 a{color:var(--ink);text-decoration:none}.card h3 a:hover{text-decoration:underline}
.card:target{background:rgb(var(--own)/.08);border-radius:0 8px 8px 0;padding-right:12px}
.cards:has(.card:target) .card:not(:target){display:none}
.all{display:none;float:right;font-weight:400;font-size:.88rem;color:var(--accent)}.cards:has(.card:target) .all{display:inline}
.place{margin-top:10px}.place p{margin:0 0 4px}.who{font-weight:600}.place .text{font-size:.92rem;line-height:1.55}
.place mark{background:rgb(var(--own)/.25)}
@media(min-width:861px){.column:last-child{position:sticky;top:14px}}
@media print{.column:last-child{position:static}.cards:has(.card:target) .card:not(:target){display:block}.all{display:none!important}}
`
