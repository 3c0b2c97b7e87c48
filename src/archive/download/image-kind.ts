import { DownloadRefusal } from '../../civitai/download-refusal.ts';
import { extensionOf, kindOf, mediaOf } from '../../formats/image-kind.ts';
import type { FileKind } from '../../formats/image-kind.ts';
import { refusalOf } from '../../net/refusal.ts';
import type { Kind } from './kind.ts';

const MEDIA: readonly FileKind[] = ['png', 'jpeg', 'webp', 'gif', 'avif', 'jxl', 'mp4', 'webm', 'mp3'];

/** The host's words for "there is none": asking again soon would only repeat the question. */
const GONE = new Set([404, 410]);

/** Pictures and films as they were uploaded. Nobody promises a hash of them, and their addresses lie about the format. */
export const IMAGE_KIND: Kind = {
  endpoint: 'media',
  refusal: () => (answer, body) => {
    const refusal = refusalOf(answer, body);
    return GONE.has(answer.status) ? new DownloadRefusal(refusal, undefined) : refusal;
  },
  whyNot: (_name, head) => (mediaOf(kindOf(head)) === undefined ? 'it is no picture and no film' : undefined),
  isBehindLink: false,
  trueName: (name, head) => named(name, kindOf(head)),
  otherNames: (name) => MEDIA.map((kind) => named(name, kind)),
};

function named(name: string, kind: FileKind): string {
  return `${name.replace(/\.\w+$/, '')}.${extensionOf(kind)}`;
}
