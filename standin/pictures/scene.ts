import { random } from '../world/random.ts';
import type { Random } from '../world/random.ts';
import { PALETTES } from './palette.ts';
import type { Palette } from './palette.ts';

/** Scenes are drawn on a field of this height; the width follows from the picture's sides. */
const HEIGHT = 150;

type Draw = (chance: Random, palette: Palette, span: number, horizon: number) => string;

/** A ground and what stands on it, sails on it or flies above. */
const MOTIFS: readonly (readonly [ground: Draw, focus: Draw])[] = [
  [hills, lighthouse],
  [hills, trees],
  [hills, balloon],
  [hills, city],
  [peaks, trees],
  [peaks, balloon],
  [waves, boat],
  [waves, boat],
  [waves, lighthouse],
];

/** A small landscape as SVG, the same for the same key: sky, light, three ranges of ground, one thing to look at. */
export function sceneSvg(key: number, width: number, height: number): string {
  const chance = random('scene', key);
  const palette = chance.pick(PALETTES);
  const span = (HEIGHT * width) / height;
  const horizon = chance.int(78, 108);
  const [ground, focus] = chance.pick(MOTIFS);
  const parts = [
    sky(palette),
    chance.chance(0.45) ? stars(chance, span, horizon) : clouds(chance, span, horizon),
    luminary(chance, palette, span, horizon),
    ground(chance, palette, span, horizon),
    focus(chance, palette, span, horizon),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${round(span)} ${HEIGHT}">${parts.join('')}</svg>`
  );
}

const round = (value: number): string => value.toFixed(1);

function sky({ sky: [top, middle, low] }: Palette): string {
  const stops = `<stop offset="0" stop-color="${top}"/><stop offset=".55" stop-color="${middle}"/><stop offset=".85" stop-color="${low}"/>`;
  return `<defs><linearGradient id="s" x2=".15" y2="1">${stops}</linearGradient></defs><rect width="400" height="150" fill="url(#s)"/>`;
}

function stars(chance: Random, span: number, horizon: number): string {
  return Array.from({ length: 40 }, () => {
    const [x, y] = [chance.next() * span, chance.next() * horizon];
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(0.2 + chance.next() * 0.5)}" fill="#fff" opacity=".7"/>`;
  }).join('');
}

function clouds(chance: Random, span: number, horizon: number): string {
  return Array.from({ length: 4 }, () => {
    const [x, y, w] = [chance.next() * span, 8 + chance.next() * horizon * 0.6, 14 + chance.next() * 26];
    return `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(w)}" ry="${round(w / 8)}" fill="#fff" opacity=".25"/>`;
  }).join('');
}

function luminary(chance: Random, palette: Palette, span: number, horizon: number): string {
  const [x, y, r] = [
    span * (0.2 + 0.6 * chance.next()),
    horizon * (0.25 + 0.55 * chance.next()),
    chance.int(6, 19),
  ];
  const halo = [2.2, 1.6, 1].map((times, at) => {
    const opacity = [0.12, 0.2, 0.95][at] ?? 1;
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(r * times)}" fill="${palette.light}" opacity="${opacity}"/>`;
  });
  return halo.join('');
}

/** One range for each ground colour, nearer ones lower. `edge` draws the upper rim from left to right. */
function ranges(palette: Palette, span: number, horizon: number, edge: (y: number) => string): string {
  const depth = (HEIGHT - horizon) / 3;
  return palette.ground
    .map(
      (colour, at) =>
        `<path d="M-5 ${HEIGHT} ${edge(horizon + at * depth)} L${round(span + 5)} ${HEIGHT}Z" fill="${colour}"/>`,
    )
    .join('');
}

function hills(chance: Random, palette: Palette, span: number, horizon: number): string {
  return ranges(palette, span, horizon, (y) => {
    const [a, b] = [chance.int(-12, 12), chance.int(-12, 12)];
    return `L-5 ${round(y)} C${round(span * 0.3)} ${round(y + a)} ${round(span * 0.6)} ${round(y + b)} ${round(span + 5)} ${round(y - 4)}`;
  });
}

function peaks(chance: Random, palette: Palette, span: number, horizon: number): string {
  return ranges(palette, span, horizon, (y) => {
    const points = [`L-5 ${round(y + 6)}`];
    for (let x = 0; x <= span + 8; x += span / 6) {
      points.push(`L${round(x)} ${round(y - chance.int(2, 18))}`, `L${round(x + span / 12)} ${round(y + 5)}`);
    }
    return points.join(' ');
  });
}

function waves(chance: Random, palette: Palette, span: number, horizon: number): string {
  return ranges(palette, span, horizon, (y) => {
    const swell = chance.int(2, 5);
    let path = `L-5 ${round(y)}`;
    for (let x = -5; x < span + 5; x += 14) path += ` q7 ${-swell} 14 0`;
    return path;
  });
}

function lighthouse(chance: Random, palette: Palette, span: number, horizon: number): string {
  const x = span * (0.2 + 0.6 * chance.next());
  const top = horizon - 34;
  return [
    `<path d="M${round(x)} ${round(top)} L${round(span)} ${round(top - 16)} V${round(top + 14)}Z" fill="${palette.light}" opacity=".25"/>`,
    `<path d="M${round(x - 3)} ${round(top)} h6 l2 40 h-10Z" fill="#f7f3ea"/>`,
    `<path d="M${round(x - 3.6)} ${round(top + 12)} h7.2 l.5 9 h-8.2Z" fill="${palette.accent}"/>`,
    `<rect x="${round(x - 3.4)}" y="${round(top - 5)}" width="6.8" height="5" fill="${palette.ground[2]}"/>`,
    `<circle cx="${round(x)}" cy="${round(top - 2.4)}" r="1.8" fill="${palette.light}"/>`,
  ].join('');
}

function trees(chance: Random, palette: Palette, span: number, horizon: number): string {
  return Array.from({ length: 9 }, () => {
    const [x, y, h] = [chance.next() * span, horizon + 12 + chance.next() * 30, chance.int(10, 26)];
    const crown = `M${round(x)} ${round(y - h)} l${round(h * 0.28)} ${round(h)} h${round(-h * 0.56)}Z`;
    return `<path d="${crown}" fill="${palette.ground[2]}"/><rect x="${round(x - 0.6)}" y="${round(y)}" width="1.2" height="3" fill="#2b1d14"/>`;
  }).join('');
}

function city(chance: Random, palette: Palette, span: number, horizon: number): string {
  const houses: string[] = [];
  for (let x = 0; x < span; x += 0) {
    const [w, h] = [chance.int(6, 14), chance.int(14, 48)];
    houses.push(
      `<rect x="${round(x)}" y="${round(horizon + 8 - h)}" width="${w}" height="${h + 40}" fill="${chance.pick(palette.ground)}"/>`,
    );
    for (let y = 3; y < h; y += 5) {
      if (chance.chance(0.6)) {
        houses.push(
          `<rect x="${round(x + 2)}" y="${round(horizon + 8 - h + y)}" width="1.6" height="2" fill="${palette.accent}" opacity=".9"/>`,
        );
      }
    }
    x += w;
  }
  return houses.join('');
}

function boat(chance: Random, palette: Palette, span: number, horizon: number): string {
  const [x, y] = [span * (0.25 + 0.5 * chance.next()), horizon + 18];
  return [
    `<path d="M${round(x - 12)} ${round(y)} h24 l-5 6 h-14Z" fill="${palette.ground[2]}"/>`,
    `<path d="M${round(x)} ${round(y - 2)} V${round(y - 26)} L${round(x + 11)} ${round(y - 2)}Z" fill="#fbf7ef"/>`,
    `<path d="M${round(x - 1.5)} ${round(y - 2)} V${round(y - 21)} L${round(x - 9)} ${round(y - 2)}Z" fill="${palette.accent}"/>`,
  ].join('');
}

function balloon(chance: Random, palette: Palette, span: number, horizon: number): string {
  const [x, y] = [span * (0.2 + 0.6 * chance.next()), horizon * 0.45];
  return [
    `<ellipse cx="${round(x)}" cy="${round(y)}" rx="11" ry="13" fill="${palette.accent}"/>`,
    `<ellipse cx="${round(x)}" cy="${round(y)}" rx="4.5" ry="13" fill="#fff" opacity=".45"/>`,
    `<path d="M${round(x - 6)} ${round(y + 11)} L${round(x - 2)} ${round(y + 20)} h4 L${round(x + 6)} ${round(y + 11)}" fill="none" stroke="${palette.ground[2]}" stroke-width=".5"/>`,
    `<rect x="${round(x - 2.4)}" y="${round(y + 20)}" width="4.8" height="3.8" rx=".8" fill="${palette.ground[2]}"/>`,
  ].join('');
}
