/** Endings of the names of descriptions, behind the model's stem. */
export const ABOUT_ENDINGS = ['.about.yaml', '.about.yml', '.about.json'] as const;

/** True for the name of a description. */
export function isAboutName(name: string): boolean {
  return aboutStem(name) !== undefined;
}

/** The stem of the model that a description of this name is about; `undefined` for other names. */
export function aboutStem(name: string): string | undefined {
  const ending = ABOUT_ENDINGS.find((one) => name.toLowerCase().endsWith(one));
  return ending === undefined || name.length === ending.length ? undefined : name.slice(0, -ending.length);
}
