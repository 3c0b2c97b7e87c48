/** Runs a classic script; fetch is blocked on `file://`, a script element is not. Rejects when it is not there. */
export function loadScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () =>
      reject(new Error(`A file beside this gallery is missing: ${url}.`)),
    );
    document.head.append(script);
  });
}

/** What data scripts left under a name. */
export function pushed(name: string): unknown {
  return Reflect.get(window, name);
}

/** Says why a page can't be shown, in the place where it would stand. */
export function sayWhy(error: unknown): void {
  const words = error instanceof Error ? error.message : String(error);
  const line = document.getElementById('waiting');
  if (line !== null) line.textContent = `${words} Run civitarium pages to write it anew.`;
}
