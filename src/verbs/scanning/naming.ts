import type { StockFile } from '../../archive/take-stock.ts';

/** Where one file goes, and where instead when a file of the user's stands there. */
export interface NamedPath {
  /** Absolute. */
  readonly path: string;
  readonly otherwise: string | undefined;
}

/** The places a profile gives to what is written about library files. All paths absolute. */
export interface Naming {
  /** The folder everything of this file must stay in. */
  inside(file: StockFile): string;
  info(file: StockFile): NamedPath | undefined;
  page(file: StockFile): NamedPath;
  /** Folder and name without extension; slots from 1. */
  preview(file: StockFile, slot: number): { readonly folder: string; readonly name: string };
  /** The slot that a base name stands for; `undefined` when it is no preview of this file. */
  slotOf(file: StockFile, name: string): number | undefined;
}
