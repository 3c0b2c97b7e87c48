import { Html, html } from './html.ts';

/**
 * What a page may do: run and show its own files. `file:` stands beside `'self'` because browsers differ on what
 * `'self'` means for a page opened from disk. No inline script or style, no request to anywhere.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' file:",
  "style-src 'self' file:",
  "img-src 'self' file:",
  "media-src 'self' file:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The policy as a meta element; it must stand before anything that loads. */
export function policyMeta(): Html {
  return html`<meta http-equiv="Content-Security-Policy" content="${Html.unsafe(POLICY)}" />
    <meta name="referrer" content="no-referrer" />`;
}
