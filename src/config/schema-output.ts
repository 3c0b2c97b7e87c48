import { z } from 'zod';

/** A path or name with placeholders; what may stand in it is checked by output-names.ts, which knows the place. */
const template = z.string().min(1).max(1000);

const htmlSchema = z.strictObject({
  enabled: z.boolean().optional().describe('Write a page for every model.').meta({ default: true }),
  path: template.optional().describe('Folder of the pages.').meta({ default: '{model_dir}' }),
  filename: template.optional().describe('Name of a page.').meta({ default: '{model_name}.html' }),
  skip_existing_html: z.boolean().optional().describe('Without effect here: pages follow what they show.'),
  generate_gallery: z
    .boolean()
    .optional()
    .describe('Write a gallery of all models.')
    .meta({ default: false }),
  gallery_path: z
    .string()
    .min(1)
    .optional()
    .describe('The gallery; a bare name lies in the input path.')
    .meta({ default: 'gallery.html' }),
  gallery_title: z.string().max(500).optional().describe('Its title.').meta({ default: 'Model Gallery' }),
  include_existing_in_gallery: z
    .boolean()
    .optional()
    .describe('Also show models that this run did not touch.')
    .meta({ default: true }),
});

const metadataSchema = z.strictObject({
  format: z.enum(['json']).optional().describe('The only format.').meta({ default: 'json' }),
  path: template.optional().describe('Folder of the notes.').meta({ default: '{model_dir}' }),
  filename: template.optional().describe('Name of a note.').meta({ default: '{model_name}.json' }),
  html: htmlSchema.optional(),
});

const imagesSchema = z.strictObject({
  save: z.boolean().optional().describe('Fetch previews.').meta({ default: true }),
  path: template.optional().describe('Folder of the previews.').meta({ default: '{model_dir}' }),
  max_count: z.number().int().min(0).optional().describe('Previews a model; without it, all.'),
  filenames: z
    .strictObject({
      preview: template
        .optional()
        .describe('Name of a preview; the number goes before the ending.')
        .meta({ default: '{model_name}.preview{ext}' }),
    })
    .optional(),
});

/** What a scan-paths job writes, and where. */
export const outputSchema = z
  .strictObject({
    metadata: metadataSchema.optional(),
    images: imagesSchema.optional(),
    base_dir: z
      .string()
      .min(1)
      .optional()
      .describe('Everything goes to `base_dir/{model_type}` instead of beside the models.'),
  })
  .describe('What a scan-paths job writes.');

export type OutputSection = z.infer<typeof outputSchema>;

export const OPERATION_MODES = ['move', 'copy', 'symlink', 'hardlink', 'reflink'] as const;

/** How a scan-paths job sorts files into folders. */
export const organizationSchema = z
  .strictObject({
    enabled: z.boolean().optional().describe('Sort files into folders.').meta({ default: false }),
    dry_run: z
      .boolean()
      .optional()
      .describe('Only say what would be done; the job then writes nothing at all.')
      .meta({ default: false }),
    template: z
      .string()
      .optional()
      .describe('A template by name.')
      .meta({ default: 'by_type_and_basemodel' }),
    custom_template: z.string().optional().describe('A template of your own; when not empty, it counts.'),
    output_dir: z
      .string()
      .min(1)
      .optional()
      .describe('Where the folders are made.')
      .meta({ default: '{model_dir}/organized' }),
    operation_mode: z.enum(OPERATION_MODES).optional().describe('How files get there.').meta({
      default: 'copy',
    }),
    on_collision: z
      .enum(['skip', 'rename', 'fail', 'overwrite'])
      .optional()
      .describe('When another file has the name; `overwrite` counts as `skip`: nothing is overwritten.')
      .meta({ default: 'skip' }),
    move_files: z.boolean().optional().describe('Old spelling of `operation_mode: move`.'),
    create_symlinks: z.boolean().optional().describe('Old spelling of `operation_mode: symlink`.'),
  })
  .describe('How a scan-paths job sorts files into folders.');

export type OrganizationSection = z.infer<typeof organizationSchema>;
