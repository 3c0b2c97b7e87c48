import type { ComponentChildren, JSX } from 'preact';
import { Chips, type ChosenValue } from './chips.tsx';
import { FacetList, type FacetListProps } from './facet-list.tsx';
import { useBarHeight } from './standing.ts';

interface FrameProps extends Omit<FacetListProps, 'open' | 'onClose'> {
  readonly tools: JSX.Element;
  readonly chosen: readonly ChosenValue[];
  readonly sheetOpen: boolean;
  readonly onSheetClose: () => void;
  /** Takes back everything that filters. */
  readonly onClear: () => void;
  /** The results. */
  readonly children: ComponentChildren;
}

/** Tools and what is chosen on top, filters beside the results or as a sheet over them. */
export function Frame(props: FrameProps): JSX.Element {
  const { tools, chosen, sheetOpen, onSheetClose, onClear, children, ...facets } = props;
  const barRef = useBarHeight();
  return (
    <>
      <header class="bar" ref={barRef}>
        {tools}
        <Chips chips={chosen} onChoose={facets.onChoose} onClear={onClear} />
      </header>
      <div class="layout">
        <button
          type="button"
          class={`sheet-back${sheetOpen ? ' is-open' : ''}`}
          aria-label="Close filters"
          tabIndex={-1}
          onClick={onSheetClose}
        />
        <FacetList {...facets} open={sheetOpen} onClose={onSheetClose} />
        <main class="results">{children}</main>
      </div>
    </>
  );
}
