/** Colours of a scene: the sky from top to horizon, what shines in it, the ground from far to near. */
export interface Palette {
  readonly sky: readonly [string, string, string];
  readonly light: string;
  readonly ground: readonly [string, string, string];
  readonly accent: string;
}

export const PALETTES: readonly Palette[] = [
  { sky: ['#16213e', '#c96f5a', '#f6d6a8'], light: '#fff1cf', ground: ['#5b5271', '#363a5a', '#1c2038'], accent: '#f2a65a' },
  { sky: ['#0b132b', '#1c3d5a', '#5bc0be'], light: '#d9fff8', ground: ['#22577a', '#173f5f', '#0c2233'], accent: '#80ffdb' },
  { sky: ['#f7c59f', '#f9dec9', '#fff7e8'], light: '#ffffff', ground: ['#c9ada7', '#9a8c98', '#4a4e69'], accent: '#e26d5c' },
  { sky: ['#1a1423', '#5d2a5c', '#e56b8c'], light: '#ffe3ec', ground: ['#6d3b6b', '#44264f', '#251433'], accent: '#ffb3c6' },
  { sky: ['#8ecae6', '#cfe8f5', '#fefae0'], light: '#fffdf2', ground: ['#90b77d', '#5d8a54', '#2f5233'], accent: '#ffb703' },
  { sky: ['#03071e', '#1b1b3a', '#3d348b'], light: '#f1f0ff', ground: ['#2a2a5a', '#1c1c40', '#0f0f26'], accent: '#7bf1a8' },
  { sky: ['#355070', '#6d597a', '#eaac8b'], light: '#fdf0d5', ground: ['#56497a', '#3a3560', '#221f3d'], accent: '#e56b6f' },
  { sky: ['#d8e2dc', '#ece4db', '#ffe5d9'], light: '#ffffff', ground: ['#a5a58d', '#6b705c', '#3f4238'], accent: '#cb997e' },
  { sky: ['#2d0f1e', '#8c2f39', '#fcb9b2'], light: '#fff0e8', ground: ['#6b2737', '#461220', '#260911'], accent: '#fed0bb' },
  { sky: ['#134074', '#5a9bd4', '#eef4ed'], light: '#ffffff', ground: ['#4d7ea8', '#2c5a85', '#13315c'], accent: '#ffd166' },
]; // prettier-ignore
