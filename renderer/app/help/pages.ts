/** The pages of `resources/docs`: built into the console, read without a network, loaded when they are opened. */
const files = import.meta.glob<string>('../../../resources/docs/*.md', { query: '?raw', import: 'default' });
const byId = new Map(
  Object.entries(files).map(([path, load]) => [path.replace(/^.*\/|\.md$/g, ''), load] as const),
);

/** Pages in the help's order; their words are `app.help.page.<id>`. A manual is there as `<id>.zh` and `<id>.en`, other pages once. */
export const PAGES = [
  'operator',
  'glossary',
  'administrators',
  'integration-cameras',
  'integration-mqtt',
  'integration-rest',
  'design',
  'design-video',
  'design-ingest',
] as const;
export type PageId = (typeof PAGES)[number];

/** The page that a link of another page leads to; undefined: none of the help's. */
export const pageOfLink = (to: string): PageId | undefined =>
  PAGES.find((page) => to.replace(/^.*\/|\.md(?:#.*)?$|#.*$/g, '').replace(/\.(?:zh|en)$/, '') === page);

/** A page's Markdown, in the console's language where it is there in both. @throws Error when the build has no such page */
export async function pageText(page: PageId, language: string): Promise<string> {
  const load = byId.get(`${page}.${language === 'en' ? 'en' : 'zh'}`) ?? byId.get(page);
  if (!load) throw new Error(`no help page ${page}`);
  return load();
}
