import type { Ask, Route } from '../route.ts';

/** The few pages of the site that a download can end at: always HTML, always 200. */
export function sitePages(): Route[] {
  return [
    page('/login', () => 'Sign in'),
    page('/models/:id', (ask) => ask.world.model(Number(ask.params['id']))?.name ?? 'Model'),
    page('/models/:id/:slug', (ask) => ask.world.model(Number(ask.params['id']))?.name ?? 'Model'),
  ];
}

function page(pattern: string, title: (ask: Ask) => string): Route {
  return {
    method: 'GET',
    pattern,
    endpoint: 'site',
    access: 'none',
    respond: (ask) => ({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      text: `<!DOCTYPE html><html lang="en"><head><title>${escaped(title(ask))}</title></head><body><h1>${escaped(title(ask))}</h1></body></html>`,
    }),
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
