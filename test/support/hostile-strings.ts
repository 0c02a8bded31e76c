// What somebody writes who wants a report, a ticket or a browser to do something: each in every place where foreign text stands.

const ESC = '\u001b';

export const hostileStrings: readonly string[] = [
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<!--<script>',
  ']]><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)' x='",
  '</style><style>*{display:none}</style>',
  '</title></head><body onload=alert(1)>',
  '&lt;b&gt;&amp;&#60;i&#62;',
  'javascript:alert(1)',
  '</pre></details></main><input id="show-en" checked>',
  '${alert(1)}{{7*7}}<%= 1 %>',
  '@everyone @octocat org/team#73 GH-73 279d6aa1a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5',
  '[click](https://example.invalid) ![x](https://example.invalid/x.png) <https://example.invalid>',
  'www.example.invalid https://example.invalid',
  '`` ` ``` code `',
  '| cell | cell |\n|---|---|\n# heading\n- [x] done',
  '\\| \\` \\<b> ~~gone~~ **bold** __bold__ $x$ :tada:',
  `${ESC}]52;c;aGk=\u0007${ESC}[2J${ESC}[8mhidden`,
  'safe\u202egnp.exe',
  'zero\u200bwidth\u2060joined\ufeff',
  '\u2066isolate\u2069 \u00ad soft \u3164 filler',
  'lone \ud800 surrogate \udfff',
  'nul \u0000 c1 \u009b31m line\u2028separator\u2029',
  '한글 이름 김\u0000철수',
  'x'.repeat(3000),
];
