import { dependencies, exceptionTexts } from '../licences.ts';
import { generatedFrom, table } from './markdown.ts';

/** The packages that come along when Civitarium is installed, and their licences. */
export function licencesPage(): string {
  const all = dependencies();
  const plain = all.filter((one) => !one.platform);
  const builds = [
    ...Map.groupBy(
      all.filter((one) => one.platform),
      (one) =>
        `${one.name.replace(/(?:-(?:android|darwin|freebsd|linux|linuxmusl|webcontainers|win32|wasm32)).*$/, '')} ${one.licence}`,
    ).values(),
  ];
  const parts = [
    generatedFrom('package-lock.json'),
    '# Licences',
    'Civitarium itself is MIT. These packages are installed with it; `npm run check` fails when one comes with a licence that is not on the list in `scripts/licences.ts`.',
    table(
      ['package', 'version', 'licence', ''],
      plain.map((one) => [one.name, one.version, one.licence, one.direct ? 'used by us' : '']),
    ),
    '## Built for one platform',
    'Of each of these only the one for your machine is installed.',
    table(
      ['packages', 'licence'],
      builds.map((group) => [group.map((one) => one.name).join(', '), group[0]?.licence ?? '']),
    ),
    exceptionTexts().join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}
