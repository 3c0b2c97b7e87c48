import type { ComponentChildren, JSX } from 'preact';
import { dayText } from '../browse/figures.ts';
import { Icon } from '../browse/icons.tsx';
import type { ImageDetails, Images } from './image-data.ts';
import { postLabel } from './image-facets.ts';

interface AccountProps {
  readonly images: Images;
  readonly image: number;
  /** `undefined` while they come; `null` where they are not there. */
  readonly details: ImageDetails | undefined | null;
  readonly onCopy: (text: string, what: string) => void;
  /** False on the image's own page, which is its own link. */
  readonly linksPage: boolean;
}

/** Everything known of an image: how it was made, whose it is, where it lies. */
export function Account(props: AccountProps): JSX.Element {
  const { images, details, onCopy } = props;
  return (
    <div class="recipe">
      <Origin {...props} />
      {details === null && <p class="muted">What is known of it is not there: run civitarium pages.</p>}
      {details && isSilent(details) && <p class="muted">How it was made is not known.</p>}
      {details && (
        <>
          <Words title="Prompt" text={details.prompt} onCopy={onCopy} />
          {details.variants.map(([name, text]) => (
            <Words key={name} title={`${name}, filtered`} text={text} onCopy={onCopy} />
          ))}
          <Words title="Negative prompt" text={details.negative} onCopy={onCopy} />
          <Settings details={details} onCopy={onCopy} />
          <Resources images={images} details={details} />
          <Place {...props} details={details} />
        </>
      )}
    </div>
  );
}

function isSilent({ prompt, negative, settings }: ImageDetails): boolean {
  return prompt === '' && negative === '' && settings.length === 0;
}

/** Whose it is, of which post, from when. */
function Origin({ images, image }: AccountProps): JSX.Element {
  const creator = images.creators[images.creator[image] ?? -1];
  const post = images.posts[images.post[image] ?? -1];
  const [width = -1, height = -1] = [images.width[image], images.height[image]];
  const level = images.levels[images.level[image] ?? 0];
  const parts: ComponentChildren[] = [
    creator !== undefined && (
      <>
        by{' '}
        <a href={creator[1]} dir="auto">
          {creator[0]}
        </a>
      </>
    ),
    post !== undefined && <a href={`posts/${post[0]}.html`}>{postLabel(post)}</a>,
    dayText(images.created[image]),
    width > 0 && height > 0 && `${width}\u00a0×\u00a0${height}`,
    level,
  ];
  const said = parts.filter((part) => part !== false && part !== '' && part !== undefined);
  return (
    <p class="image-origin">
      {said.map((part, index) => (
        <span key={index}>{part}</span>
      ))}
    </p>
  );
}

interface WordsProps {
  readonly title: string;
  readonly text: string;
  readonly onCopy: AccountProps['onCopy'];
}

function Words({ title, text, onCopy }: WordsProps): JSX.Element | null {
  if (text.trim() === '') return null;
  return (
    <div class="words">
      <WordsHead title={title} onCopy={() => onCopy(text, title.toLowerCase())} />
      <p class="prompt" dir="auto">
        {text}
      </p>
    </div>
  );
}

function WordsHead({ title, onCopy }: { title: string; onCopy: () => void }): JSX.Element {
  return (
    <div class="words-head">
      <h2 class="words-title">{title}</h2>
      <button type="button" class="copy" onClick={onCopy}>
        Copy {title.toLowerCase()}
        <Icon name="copy" />
      </button>
    </div>
  );
}

function Settings({
  details,
  onCopy,
}: {
  details: ImageDetails;
  onCopy: AccountProps['onCopy'];
}): JSX.Element | null {
  if (details.settings.length === 0) return null;
  return (
    <div class="words">
      <WordsHead title="Settings" onCopy={() => onCopy(settingsText(details), 'settings')} />
      <dl class="settings">
        {details.settings.map(([label, value], index) => (
          <div key={index}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** All settings in one line, as other programs write them. */
export function settingsText({ settings }: ImageDetails): string {
  return settings.map(([label, value]) => `${label}: ${value}`).join(', ');
}

/** Each model that it names: to its page here when it is held, else to the site. */
function Resources({ images, details }: { images: Images; details: ImageDetails }): JSX.Element | null {
  if (details.resources.length === 0) return null;
  return (
    <div class="words">
      <h2 class="words-title">Made with</h2>
      <ul class="plain">
        {details.resources.map(({ name, type, weight, version }, index) => {
          const word = images.versions[version];
          const text = <bdi>{name}</bdi>;
          return (
            <li key={index}>
              {word === undefined ? (
                text
              ) : word[3] !== '' ? (
                <a href={word[3]}>{text}</a>
              ) : (
                <SiteLink path={`model-versions/${word[0]}`}>{text}</SiteLink>
              )}{' '}
              <span class="muted">
                {[type, weight, word?.[3] === '' || word === undefined ? '' : 'held here']
                  .filter((part) => part !== '')
                  .join(' · ')}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Where it lies, and where it came from. */
function Place({
  images,
  image,
  details,
  onCopy,
  linksPage,
}: AccountProps & { readonly details: ImageDetails }): JSX.Element {
  const id = images.id[image] ?? 0;
  return (
    <p class="small image-place">
      {linksPage && <a href={`image.html#id=${id}`}>Its own page</a>}
      <a href={details.file}>Open the file</a>
      <button type="button" class="copy" onClick={() => onCopy(pathOf(details.file), 'path')}>
        Copy path
        <Icon name="copy" />
      </button>
      {id > 0 && <SiteLink path={`images/${id}`}>on Civitai</SiteLink>}
    </p>
  );
}

/** A link to the site; opens beside the page and tells the site nothing of it. */
export function SiteLink({ path, children }: { path: string; children: ComponentChildren }): JSX.Element {
  return (
    <a href={`https://civitai.com/${path}`} rel="noreferrer noopener" target="_blank">
      {children}
      <Icon name="out" />
    </a>
  );
}

/** The path on disk of a file beside this page. */
export function pathOf(file: string): string {
  const path = decodeURIComponent(new URL(file, location.href).pathname);
  return /^\/[A-Za-z]:\//.test(path) ? path.slice(1).replaceAll('/', '\\') : path;
}
