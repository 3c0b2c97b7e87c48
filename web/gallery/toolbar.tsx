import type { JSX } from 'preact';
import { Icon } from '../browse/icons.tsx';
import { Tools, type ToolsProps } from '../browse/tools.tsx';
import { ShelfButton } from './shelf.tsx';
import { fallsByDefault, SORTS, type SortName } from './sort.ts';
import type { ViewState } from './view-state.ts';

type Given = 'here' | 'other' | 'searches' | 'sorts' | 'fallsFirst' | 'sized' | 'beforeSort' | 'afterSort';

interface ToolbarProps extends Omit<ToolsProps<SortName, ViewState>, Given> {
  /** Models that the site removed. */
  readonly removed: number;
  /** The image gallery, where there is one. */
  readonly images: { readonly href: string; readonly count: number } | undefined;
}

/** Search, count, sort, layout and size of the gallery of models. */
export function Toolbar({ removed, images, ...shared }: ToolbarProps): JSX.Element {
  const { view, onView } = shared;
  return (
    <Tools
      {...shared}
      here="models"
      other={images}
      searches="names, triggers, tags"
      sorts={SORTS}
      fallsFirst={fallsByDefault}
      sized={view.layout === 'grid' ? 'Card size' : undefined}
      beforeSort={<ShelfButton count={removed} view={view} onView={(next) => onView(next, 'push')} />}
      afterSort={<Layouts here={view.layout} onLayout={(layout) => onView({ ...view, layout }, 'push')} />}
    />
  );
}

interface LayoutsProps {
  readonly here: ViewState['layout'];
  readonly onLayout: (layout: ViewState['layout']) => void;
}

function Layouts({ here, onLayout }: LayoutsProps): JSX.Element {
  const layouts = [
    ['grid', 'Grid', 'Grid (g g)'],
    ['list', 'List', 'List (g l)'],
  ] as const;
  return (
    <div class="tool-group" role="group" aria-label="Layout">
      {layouts.map(([layout, label, title]) => (
        <button
          key={layout}
          type="button"
          class="control"
          aria-pressed={here === layout}
          title={title}
          onClick={() => onLayout(layout)}
        >
          <Icon name={layout} />
          <span class="unseen">{label}</span>
        </button>
      ))}
    </div>
  );
}
