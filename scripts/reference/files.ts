import { placesOf } from '../../src/cli/places.ts';
import type { Places } from '../../src/cli/places.ts';
import { beside } from '../../src/profiles/beside.ts';
import { configuredPlaces, configuredPreview, parseNames } from '../../src/profiles/configured.ts';
import { collected } from '../../src/profiles/collected.ts';
import type { FilePlaces, Profile } from '../../src/profiles/profile.ts';
import { code, generatedFrom, table } from './markdown.ts';

const MODEL = { folder: 'lora', name: 'ink.safetensors', stem: 'ink' };

/** What is written for a model and where, from the profiles and places themselves. */
export function filesPage(): string {
  const parts = [
    generatedFrom('src/profiles and src/cli/places.ts'),
    '# Files written',
    'A folder you scan gets what its profile names, and nothing else. A file of yours is never overwritten: a page then takes another name, `ink.civitarium.html` for `ink.html`, a sidecar of yours stays and ours is left out, with a note. Names longer than 255 bytes are cut and carry a hash.',
    `## Profile \`beside\`, for \`lora/ink.safetensors\``,
    profileTable(beside),
    'Two files with one stem: the first uses the stem, the later ones their whole file name.',
    '## The gallery',
    table(
      ['file', 'what it holds'],
      [
        [code('gallery.html'), 'the gallery, in the scanned folder or in `--output`; opens from disk'],
        [
          code('gallery.files/'),
          'its scripts and styles, the cards as `cards.js`, texts as `about-1.js` …, small pictures in `thumbs/`',
        ],
        [code('gallery.files/creators/NAME.html'), 'the page of each creator'],
        [
          code('gallery.files/images.html'),
          'the gallery of images that `get` brought; `image.html` shows any one of them, `image-cards-1.js` … hold what is known of them, `made-with-1.js` … which of them models made',
        ],
        [code('gallery.files/posts/ID.html'), 'the page of each post of which images are held'],
      ],
    ),
    `## Profile \`collected\`, for \`lora/ink.safetensors\``,
    'Everything goes into the folder given with `--output`, one folder a model; nothing is written beside the models.',
    profileTable(collected),
    'Beside them: `index.html` (the models by type), `gallery.html` with `gallery.files/`, `processed_files.json`, `missing_from_civitai.txt` and `duplicate_models.txt`.',
    '## Profile `configured`, for `lora/ink.safetensors`',
    'Jobs of type `scan-paths` write under the names of the configuration; these are the usual ones. `pages`, `update` and a `scan` without `--profile` and `--output` go on with them.',
    table(['file', 'what it holds'], configuredRows()),
    'Two files that would get one name: the first uses its stem, the next its whole file name, a third carries a hash.',
    '## Your own folders',
    table(['', 'Linux', 'macOS', 'Windows'], ownFolders()),
    'The catalog is `catalog.db` in the data folder, with `catalog.db-wal` and `catalog.db-shm` while it is open; `--catalog`, `CIVITARIUM_CATALOG` and the key `catalog` name another place, or a PostgreSQL. Before its schema is upgraded a copy is kept as `catalog.db.before-NAME`. The state folder holds this machine’s random id (`host-id`) and what is known of the site’s pace (`net.db`), and in `trash/` what `clean` moved away; on other drives that is a folder `.civitarium-trash`. A log file appears with the first line worth keeping; it is `civitarium.N.log`, the highest number the newest, rolls over at 10 MiB, and five older ones are kept, unless `logging.file` says otherwise.',
    'While a file is being written it has a temporary name, `.NAME.civitarium-….tmp`; the next run clears away what a kill left behind. A file that `get` fetches is `.NAME.civitarium-….part` until it is proven; that one stays after a cut or a kill, and the next run goes on with it.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function profileTable(profile: Profile): string {
  const places = profile.places([MODEL]).get('lora/ink.safetensors');
  if (places === undefined) throw new Error(`The profile ${profile.name} has no place for ${MODEL.name}.`);
  return table(['file', 'what it holds'], rowsOf(places));
}

function rowsOf(places: FilePlaces): string[][] {
  const rows: (readonly [string | undefined, string])[] = [
    [places.info, 'the site’s answer about the version, with the model’s; only for files it knows'],
    [places.model, 'the site’s answer about the model'],
    [places.header, 'what the file’s header says'],
    [places.hash, 'its SHA-256 and when it was read'],
    [places.preview(0, 'jpeg'), 'the first preview, its bytes as they came, under its true type'],
    [places.preview(1, 'webp'), 'the second, and so on'],
    [places.previewInfo(0), 'what the site says of that preview'],
    [places.page, 'the page of the model, for every file, known or not'],
  ];
  return rows.flatMap(([path, about]) => (path === undefined ? [] : [[code(path), about]]));
}

function configuredRows(): string[][] {
  const folder = '{model_dir}';
  const templates = parseNames({
    info: { path: folder, filename: '{model_name}.json' },
    page: { path: folder, filename: '{model_name}.html' },
    preview: { path: folder, filename: '{model_name}.preview{ext}' },
    gallery: undefined,
  });
  const file = { folder: '/lora', name: MODEL.name, stem: MODEL.stem, type: 'LORA' };
  const places = configuredPlaces(templates, [file]).get('/lora/ink.safetensors');
  if (places?.page === undefined) throw new Error(`A configuration has no place for ${MODEL.name}.`);
  const { folder: at, base } = places.preview;
  const rows: (readonly [string, string])[] = [
    [places.info, 'the site’s answer about the version, with the model’s; only for files it knows'],
    [places.infoOtherwise, 'the same, where a file of yours has the first name'],
    [
      `${at}/${configuredPreview(base, 1)}.jpeg`,
      'the first preview, its bytes as they came, under its true type',
    ],
    [`${at}/${configuredPreview(base, 2)}.webp`, 'the second, and so on'],
    [places.page, 'the page of the model, for every file, known or not'],
  ];
  return rows.map(([path, about]) => [code(path.slice(1)), about]);
}

function ownFolders(): string[][] {
  const linux = placesOf({}, 'linux', '~');
  const mac = placesOf({}, 'darwin', '~');
  const windows = placesOf({ LOCALAPPDATA: '%LOCALAPPDATA%', APPDATA: '%APPDATA%' }, 'win32', '~');
  const names: readonly (keyof Places)[] = ['data', 'state', 'cache', 'logs', 'config'];
  return names.map((name) => [
    name,
    code(linux[name]),
    code(mac[name]),
    code(windows[name].replaceAll('/', '\\')),
  ]);
}
