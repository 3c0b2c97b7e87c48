/** Query parameters that open something to whoever holds them: keys, and the signatures of storage links. */
const SECRET_PARAM =
  /([?&](?:token|key|api[-_]?key|access[-_]?token|authorization|signature|sig|secret|password|x-amz-[\w-]+)=)[^&#\s"'<>\\]*/gi;
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi;
const USER_INFO = /(\bhttps?:\/\/)[^/?#\s@"'<>\\]+@/gi;

const STRUCK = '[struck]';

/** The text with the values of secret parameters, bearer words and user names in addresses struck out. */
export function redact(text: string, key?: string): string {
  let safe = text;
  if (/[?&]/.test(safe)) safe = safe.replace(SECRET_PARAM, `$1${STRUCK}`);
  if (safe.includes('@')) safe = safe.replace(USER_INFO, `$1${STRUCK}@`);
  safe = safe.replace(BEARER, `$1 ${STRUCK}`);
  return key === undefined || key === ''
    ? safe
    : safe.replaceAll(key, STRUCK).replaceAll(encodeURIComponent(key), STRUCK);
}

/** An address fit for logs and errors; cheap when it has no query. */
export function redactUrl(url: string): string {
  return url.includes('?') || url.includes('@') ? redact(url) : url;
}
