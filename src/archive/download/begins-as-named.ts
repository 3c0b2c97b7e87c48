import { GGUF_MAGIC } from '../../formats/gguf.ts';
import { looksLikePickle } from '../../formats/pickle.ts';
import { looksLikeSafetensors } from '../../formats/safetensors.ts';
import { looksLikeZip } from '../../formats/zip.ts';

/**
 * Why the first bytes of a file are not those that its name promises, a part of a sentence; `undefined` when they may
 * be. Only for files of which no hash is known: a right hash proves more than any look.
 */
export function beginsAsNamed(name: string, head: Uint8Array, size: number): string | undefined {
  const text = new TextDecoder().decode(head.subarray(0, 64)).trimStart().toLowerCase();
  if (/^(?:<!doctype html|<html|<head|<body)/.test(text)) return 'it is a web page';
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const isRight = LOOKS[ending]?.(head, size) ?? true;
  return isRight ? undefined : `it does not begin as a .${ending} file does`;
}

type Look = (head: Uint8Array, size: number) => boolean;

const torch: Look = (head) => looksLikeZip(head) || looksLikePickle(head);

const LOOKS: Readonly<Record<string, Look>> = {
  safetensors: looksLikeSafetensors,
  sft: looksLikeSafetensors,
  gguf: (head) => GGUF_MAGIC.every((byte, index) => head[index] === byte),
  zip: looksLikeZip,
  ckpt: torch,
  pt: torch,
  pth: torch,
};
