/**
 * Names and places that a configuration gives to what is written, as templates: `{model_dir}` (the folder of the model
 * file; in paths only), `{model_name}` (its stem), `{model_type}` (the type of its input path), and for images
 * `{image_type}` and `{ext}` (with its dot). A relative path starts at the folder of the model file.
 */
export interface ConfiguredNames {
  readonly info: TemplatedPlace;
  /** `undefined` writes no pages. */
  readonly page: TemplatedPlace | undefined;
  /** Its file name is numbered from 1 in front of the extension: `{model_name}.preview{ext}` → `alpha.preview1.jpeg`. */
  readonly preview: TemplatedPlace;
  /** `undefined` writes no gallery. */
  readonly gallery: ConfiguredGallery | undefined;
}

export interface TemplatedPlace {
  readonly path: string;
  readonly filename: string;
}

/** The gallery of another job that writes the same pages. */
export interface GalleryLead {
  /** Like `ConfiguredGallery.path`. */
  readonly path: string;
  /** The folders of models that it shows, absolute. */
  readonly folders: readonly string[];
}

export interface ConfiguredGallery {
  /** Absolute, or a bare name: then it lies in the root. */
  readonly path: string;
  readonly title: string | undefined;
  /** False shows only the models of the run. */
  readonly includeExisting: boolean;
}
