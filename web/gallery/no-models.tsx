import type { JSX } from 'preact';

/** What stands in a gallery of a folder without models. */
export function NoModels(): JSX.Element {
  return (
    <div class="empty">
      <h2>No models yet</h2>
      <p>
        Run <code>civitarium scan</code> on a folder of models, and they appear here.
      </p>
    </div>
  );
}
