import { copyText } from '../shared/clipboard.ts';

/** Copies text and says `done`, or why it could not. */
export function copyAndTell(text: string, done: string, tell: (words: string) => void): void {
  void copyText(text).then((copied) => tell(copied ? done : 'The browser did not let this page copy'));
}
