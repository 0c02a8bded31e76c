// How the report looks: on a screen by day and by night, on a phone, and on paper.

/** One sheet, in the page itself: nothing is fetched, and the page's own policy allows exactly this text. */
export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--dim:#57606a;--paper:#ffffff;--card:#f6f8fa;--line:#d0d7de;--link:#0550ae;--good:#116329;--good-bg:#dafbe1;--warn:#7d4e00;--warn-bg:#fff8c5;--bad:#a40e26;--bad-bg:#ffebe9;--fill:#0969da;--over:#bf5700;--track:#e4e8ec}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#9da7b3;--paper:#0d1117;--card:#161b22;--line:#30363d;--link:#79c0ff;--good:#7ee787;--good-bg:#12261e;--warn:#f2cc60;--warn-bg:#2b230f;--bad:#ffa198;--bad-bg:#331416;--fill:#388bfd;--over:#f0883e;--track:#21262d}}
*{box-sizing:border-box}
html{font:16px/1.55 system-ui,-apple-system,"Segoe UI","Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR","NanumGothic",sans-serif;background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:72rem;padding:1rem clamp(1rem,4vw,2.5rem) 4rem}
.language{display:flex;gap:.5rem;justify-content:flex-end;margin:0}
.language label{padding:.2rem .8rem;border:1px solid var(--line);border-radius:1rem;cursor:pointer;font-size:.9rem}
.switch{position:absolute;opacity:0;width:1px;height:1px}
main{display:none}
#show-en:checked~main[lang=en],#show-ko:checked~main[lang=ko]{display:block}
#show-en:checked~.language label[for=show-en],#show-ko:checked~.language label[for=show-ko]{background:var(--ink);color:var(--paper);border-color:var(--ink)}
#show-en:focus-visible~.language label[for=show-en],#show-ko:focus-visible~.language label[for=show-ko]{outline:3px solid var(--fill);outline-offset:2px}
h1,h2,h3,h4{line-height:1.25;text-wrap:balance}
h1{font-size:1.9rem;margin:.2rem 0 .5rem}
h2{font-size:1.4rem;margin:2.8rem 0 .8rem;padding-bottom:.3rem;border-bottom:2px solid var(--line)}
h3{font-size:1.08rem;margin:1.4rem 0 .5rem}
h3.phase{font-size:1.2rem;margin-top:2.2rem}
h4{font-size:1rem;margin:1rem 0 .3rem}
.kicker{margin:1rem 0 0;color:var(--dim);font-weight:600}
.lead{color:var(--dim);max-width:60ch;margin:.3rem 0 1rem}
.dim{color:var(--dim)}
a{color:var(--link)}
.row{display:block}
.row+.row{margin-top:.25rem}
.banner{padding:.9rem 1.1rem;border-radius:.6rem;border-left:.5rem solid;margin:1rem 0}
.banner p{margin:.15rem 0}
.banner .headline{font-size:1.35rem;font-weight:700}
.banner.good{background:var(--good-bg);border-color:var(--good)}
.banner.warn{background:var(--warn-bg);border-color:var(--warn)}
.banner.bad{background:var(--bad-bg);border-color:var(--bad)}
.good .headline,.pass{color:var(--good)}
.warn .headline,.amber{color:var(--warn)}
.bad .headline,.fail{color:var(--bad)}
dl{margin:1rem 0;border-top:1px solid var(--line)}
dl>div{display:grid;grid-template-columns:minmax(9rem,14rem) minmax(0,1fr);gap:.3rem 1rem;padding:.45rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--dim)}
dd{margin:0;min-width:0;overflow-wrap:anywhere}
dd>ul,dd>p{margin:.1rem 0}
dd>ul{padding-left:1.1rem}
p,li,h1,h2,h3,summary{overflow-wrap:anywhere}
td{overflow-wrap:break-word}
time{white-space:nowrap}
th{white-space:nowrap}
:lang(ko) p,:lang(ko) li,:lang(ko) dd,:lang(ko) td,:lang(ko) h1,:lang(ko) h2,:lang(ko) h3{word-break:keep-all}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","D2Coding","NanumGothicCoding",monospace;font-size:.86em}
code{overflow-wrap:anywhere;word-break:break-all}
pre{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0;max-height:28rem;overflow:auto}
.scroll{overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:600}
.step{border:1px solid var(--line);border-radius:.6rem;padding:.2rem 1rem .8rem;margin:.8rem 0;background:var(--paper)}
.step h3{margin-top:.7rem}
.verdict{display:inline-block;font-size:.85rem;padding:.05rem .6rem;border:1px solid;border-radius:1rem;margin-right:.3rem}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link)}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;padding:0;margin:.6rem 0;list-style:none}
svg.bar{display:block;width:100%;min-width:6rem;height:.8rem;margin-top:.2rem}
svg.share{display:inline-block;width:6rem;height:.6rem;vertical-align:middle}
.track{fill:var(--track)}.fill{fill:var(--fill)}.over{fill:var(--over)}
.course td:last-child{width:45%}
ul.tree,ul.tree ul{padding-left:1rem;list-style:none;border-left:1px solid var(--line);margin:.2rem 0}
button{font:inherit;padding:.35rem .9rem;border-radius:.4rem;border:1px solid var(--line);background:var(--card);color:var(--ink);cursor:pointer}
.needs-script{display:none}
.scripted .needs-script{display:block}
svg.drawings{position:absolute}
.picture svg{display:block;width:100%;max-width:60rem;height:auto}
.player{max-width:100%;overflow:hidden}
@media (max-width:40rem){
dl>div{grid-template-columns:1fr}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td{display:block;width:100%}
tr{border-bottom:2px solid var(--line);padding:.4rem 0}
td{border:0;padding:.15rem 0;overflow-wrap:anywhere}
time{white-space:normal}
td::before{content:attr(data-label);display:block;color:var(--dim);font-size:.8rem}
td[data-label=""]::before{display:none}
.course td:last-child{width:100%}
h1{font-size:1.5rem}
.step{padding:.2rem .7rem .6rem}
}
@media print{
td{overflow-wrap:anywhere}
time,th{white-space:normal}
@page{size:A4;margin:16mm 14mm}
:root{color-scheme:light;--ink:#000;--dim:#444;--paper:#fff;--card:#fff;--line:#bbb;--link:#000;--good:#0b4a1e;--good-bg:#fff;--warn:#5c3a00;--warn-bg:#fff;--bad:#8a0b1f;--bad-bg:#fff;--fill:#444;--over:#000;--track:#ddd}
html{font-size:10pt}
body{max-width:none;padding:0}
.language,nav,.needs-script,.player{display:none!important}
pre{max-height:none;overflow:visible}
.scroll{overflow:visible}
details::details-content{content-visibility:visible;display:block;height:auto;opacity:1}
h2,h3{break-after:avoid}
tr,dl>div,.banner{break-inside:avoid}
a{text-decoration:none}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
