/** What each tries to run; a page on which it has run has this name in its window. */
export const MARK = 'hasRun';
const RUN = `window.${MARK}=1`;

const elements = [
  `<script>${RUN}</script>`,
  `</script><script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}">`,
  `<iframe srcdoc="<script>parent.${MARK}=1</script>">`,
  `<iframe src="javascript:parent.${MARK}=1">`,
  `<details open ontoggle="${RUN}">x</details>`,
  `<a href="javascript:${RUN}" autofocus onfocus="${RUN}">x</a>`,
  `<math><mi xlink:href="javascript:${RUN}">x</mi></math>`,
  `<object data="data:text/html,<script>${RUN}</script>">`,
  `<style>*{position:fixed;width:9999px}</style>`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${RUN}">`,
  `<template><script>${RUN}</script></template>`,
  `<video><source onerror="${RUN}"></video>`,
];
const addresses = [
  `javascript:${RUN}`,
  `JaVaScRiPt:${RUN}`,
  `java\tscript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `//evil.example/${RUN}`,
  `vbscript:${RUN}`,
  `blob:${RUN}`,
];
const expressions = [
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `#{${RUN}}`,
  `__proto__`,
  `constructor`,
  `'-(${RUN})-'`,
  `";${RUN};//`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `%3Cscript%3E${RUN}%3C/script%3E`,
  `&#60;script&#62;${RUN}&#60;/script&#62;`,
  `=HYPERLINK("javascript:${RUN}")`,
];
/** Isolates, embeddings and overrides that nothing ends, marks without a width, lines that end oddly. */
const marks = [
  '\u202e',
  '\u202a',
  '\u2066',
  '\u2067',
  '\u200f',
  '\u061c',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\u0007',
  '\u001b[31m',
];
const wide = [
  'W'.repeat(5_000),
  '\u202e'.repeat(2_000),
  'a\u0301'.repeat(2_000),
  '\ufdfd'.repeat(200),
  '👩‍👩‍👧‍👦'.repeat(300),
  '\u00a0'.repeat(3_000),
  '\u0e49'.repeat(2_000),
];

const dressed = elements.flatMap((text) => [
  text,
  `"'>${text}`,
  `-->${text}`,
  text.replaceAll('<', '\u202e<'),
  `&lt;${text}`,
  text.toUpperCase(),
]);
const addressed = addresses.flatMap((text) => [text, ` ${text}`, `[x](${text})`, `" href="${text}`]);
const marked = marks.flatMap((mark) => [mark, `till${mark}7`, `${mark}<b>${RUN}</b>`]);

/** Texts that harm a page which takes them for something else than text. */
export const hostileTexts: readonly string[] = [
  ...dressed,
  ...addressed,
  ...expressions,
  ...marked,
  ...wide,
  ...expressions.map((text) => `<i title="${text}">`),
  ...marks.map((mark) => `${mark}${RUN}`),
  ...addresses,
].slice(0, 200);
