import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Keys, with a blank between, and what they do. */
export type KeyList = readonly (readonly [string, string])[];

interface KeySheetProps {
  readonly open: boolean;
  readonly keys: KeyList;
  readonly onClose: () => void;
}

/** All keys, as a dialog. */
export function KeySheet({ open, keys, onClose }: KeySheetProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="small muted">A minus before a word in search leaves out what has it.</p>
      <button type="button" class="control edged" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
