import type { JSX } from 'preact';
import { fullCount } from './figures.ts';

/** Where the reader is and could be. */
export interface ViewSwitchProps {
  readonly here: 'models' | 'images';
  /** The other one; its count where that is known. */
  readonly other: { readonly href: string; readonly count?: number };
}

/** Between the gallery of models and that of images. */
export function ViewSwitch({ here, other }: ViewSwitchProps): JSX.Element {
  const views = [
    { name: 'models', label: 'Models' },
    { name: 'images', label: 'Images' },
  ];
  return (
    <nav class="switch" aria-label="Galleries">
      {views.map(({ name, label }) =>
        name === here ? (
          <span key={name} class="control" aria-current="page">
            {label}
          </span>
        ) : (
          <a key={name} class="control" href={other.href} title={titleOf(label, other.count)}>
            {label}
          </a>
        ),
      )}
    </nav>
  );
}

function titleOf(label: string, count: number | undefined): string {
  return count === undefined ? label : `${fullCount(count)} ${label.toLowerCase()}`;
}
