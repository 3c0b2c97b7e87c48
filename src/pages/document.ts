import { policyMeta } from './csp.ts';
import { type Html, html } from './html.ts';

export interface DocumentParts {
  readonly title: string;
  /** Url of the folder of scripts and styles, ending in a slash. */
  readonly assets: string;
  /** Which bundle. */
  readonly bundle: 'gallery' | 'page' | 'images';
  /** More classic scripts by name, run after the bundle and in this order. */
  readonly data: readonly string[];
  readonly body: Html;
}

/** A whole HTML document under the strict policy, ending in a line feed. */
export function documentOf(parts: DocumentParts): string {
  // The bundle blocks: it sets light or dark before the first paint.
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${policyMeta()}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="" />
        <meta name="generator" content="Civitarium" />
        <title>${parts.title}</title>
        <link rel="icon" type="image/svg+xml" href="${parts.assets}icon.svg" />
        <link rel="stylesheet" href="${parts.assets}${parts.bundle}.css" />
        <script src="${parts.assets}${parts.bundle}.js"></script>
        ${parts.data.map((name) => html`<script defer src="${parts.assets}${name}"></script>`)}
      </head>
      ${parts.body}
    </html> `;
  return `${page.text.trimEnd()}\n`;
}

/**
 * A relative url that stays one: a folder called `javascript:` must not turn into a scheme. Whole http(s) addresses
 * are the caller's to make.
 */
export function localUrl(url: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(url) || url.startsWith('//') ? `./${url}` : url;
}
