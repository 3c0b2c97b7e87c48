import type { Oddity } from './oddities.ts';
import type { Random } from './random.ts';
import { ADJECTIVES, KINDS, NOUNS, QUALITIES, SUBJECTS } from './words.ts';

const LONG_NAME = `The Complete and Unabridged ${'Atlas of Imaginary Weather and '.repeat(5)}Light`.slice(
  0,
  177,
);

const ODD_NAMES: Readonly<Partial<Record<Oddity, string>>> = {
  'script-text': '<script>window.__hostile = "name"</script> Lighthouse',
  'handler-text': 'Fjord "><img src=x onerror="window.__hostile=\'attribute\'">',
  'right-to-left': 'حديقة الليل \u202etxt.exe (RTL)',
  cjk: '水墨山水画 — 桜の庭 — 서울의 밤',
  emoji: '🏳️‍🌈 Family 👩‍👩‍👧‍👦 of ✨stars✨ 👍🏽',
  'illegal-name': ' Ratio 16:9 / 4:3 \\ "what?" <a|b>* . ',
  'long-name': LONG_NAME,
  'css-text': 'Paper Moth</style><style>body{display:none}</style>',
};

/** A model's name: two words and what it is, unless the oddity wants another. */
export function nameOf(chance: Random, type: string, oddity: Oddity | undefined): string {
  const odd = oddity === undefined ? undefined : ODD_NAMES[oddity];
  const plain = `${chance.pick(ADJECTIVES)} ${chance.pick(NOUNS)}`;
  if (odd !== undefined) return odd;
  if (type === 'LORA' || type === 'Checkpoint' || type === 'LoCon') return `${plain} ${chance.pick(KINDS)}`;
  return `${plain} ${type}`;
}

const SCRIPTS = [
  '<p>Use weight 0.8.</p><script>window.__hostile = "script"</script><noscript>&lt;b&gt;</noscript>',
  '<svg><script>window.__hostile = "svg"</script></svg><math><mtext></mtext></math>',
  '<iframe srcdoc="<script>parent.__hostile=\'frame\'</script>"></iframe><object data="data:text/html,<script>1</script>"></object>',
  '<template><img src=x onerror="window.__hostile=1"></template><base href="https://evil.example/">',
].join('');

const HANDLERS = [
  '<p onclick="window.__hostile=1" onmouseover=window.__hostile=2>Hover</p><img src=x onerror="window.__hostile=3">',
  '<details open ontoggle="window.__hostile=4"><summary>More</summary></details><body onload="window.__hostile=5">',
  '<video autoplay onplay="window.__hostile=6"><source onerror="window.__hostile=7"></video><input autofocus onfocus="window.__hostile=8">',
].join('');

const LINKS = [
  '<p><a href="javascript:window.__hostile=1">one</a> <a href="JaVa&#x53;cript:window.__hostile=2">two</a>',
  '<a href=" &#1; javascript:window.__hostile=3">three</a> <a href="data:text/html,<script>1</script>">four</a>',
  '<a href="vbscript:msgbox(1)">five</a> <a href="https://example.com/fine" target="_blank">fine</a></p>',
  '<form action="javascript:window.__hostile=4"><button formaction="javascript:window.__hostile=5">Send</button></form>',
].join('');

const STYLES = [
  '<p style="position:fixed;inset:0;z-index:99999;background:red">covered</p><style>*{visibility:hidden}</style>',
  '<p style="background:url(javascript:1);width:expression(alert(1));-moz-binding:url(x)">styled</p>',
  '<link rel="stylesheet" href="https://evil.example/x.css"><p class="card gallery" id="app">borrowed names</p>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
].join('');

/** A model's description as HTML, `null` when there is none. */
export function descriptionOf(chance: Random, name: string, oddity: Oddity | undefined): string | null {
  if (oddity === 'script-text') return SCRIPTS;
  if (oddity === 'handler-text') return HANDLERS;
  if (oddity === 'script-links') return LINKS;
  if (oddity === 'css-text') return STYLES;
  if (oddity === 'no-description') return null;
  if (oddity === 'long-description') return long(chance);
  if (oddity === undefined && chance.chance(0.04)) return null;
  return plain(chance, escape(name));
}

function plain(chance: Random, name: string): string {
  const weight = (chance.int(5, 10) / 10).toFixed(1);
  const parts = [
    `<p><strong>${name}</strong> began with ${chance.pick(SUBJECTS)} and grew from there.</p>`,
    `<p>Recommended strength ${weight}, with <em>${chance.pick(QUALITIES)}</em> in the prompt.</p>`,
  ];
  if (chance.chance(0.5)) {
    const points = chance.some(QUALITIES, 3).map((quality) => `<li><p>works well with ${quality}</p></li>`);
    parts.push(`<h3>Notes</h3><ul>${points.join('')}</ul>`);
  }
  if (chance.chance(0.3)) {
    parts.push(
      '<p>See <a target="_blank" rel="ugc" href="https://example.com/guide">the guide</a> for more.</p>',
    );
  }
  if (chance.chance(0.2))
    parts.push(`<pre><code>${chance.pick(SUBJECTS)}, ${chance.pick(QUALITIES)}</code></pre>`);
  return parts.join('');
}

function long(chance: Random): string {
  const parts: string[] = [];
  for (let length = 0; length < 50_000; length += parts.at(-1)?.length ?? 1) {
    parts.push(`<p>${chance.pick(SUBJECTS)}, ${chance.some(QUALITIES, 4).join(', ')}.</p>`);
  }
  return parts.join('');
}

/** The five characters that matter in HTML. */
function escape(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Trained words of a version; LoRAs and embeddings have some, others seldom. */
export function wordsOf(chance: Random, name: string, type: string, oddity: Oddity | undefined): string[] {
  if (oddity === 'odd-words') {
    const long = `${chance.some(SUBJECTS, 16).join(', ')}, ${chance.some(QUALITIES, 14).join(', ')}`;
    return [
      '',
      'comma, separated, words',
      'two\nlines',
      long.slice(0, 668),
      '  blank around  ',
      '<lora:self:1>',
    ];
  }
  if (oddity === 'script-text')
    return ['<script>window.__hostile="word"</script>', '" onclick="window.__hostile=9'];
  const wants = ['LORA', 'LoCon', 'DoRA', 'TextualInversion'].includes(type) ? 0.8 : 0.1;
  if (!chance.chance(wants)) return [];
  const stem =
    name
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '')
      .slice(0, 9) || 'token';
  return [stem, ...chance.some(QUALITIES, chance.int(0, 3))];
}
