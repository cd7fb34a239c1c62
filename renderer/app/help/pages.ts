/** The pages of `resources/docs`: built into the console, read without a network, loaded when they are opened. */
const files = import.meta.glob<string>('../../../resources/docs/*.md', { query: '?raw', import: 'default' });
const byId = new Map(
  Object.entries(files).map(([path, load]) => [path.replace(/^.*\/|\.md$/g, ''), load] as const),
);

/** Pages in the help's order. `operator` is the manual in the console's language; their words are `app.help.page.<id>`. */
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

/** A page's Markdown. @throws Error when the build has no such page */
export async function pageText(page: PageId, language: string): Promise<string> {
  const name = page === 'operator' ? `operator.${language === 'en' ? 'en' : 'zh'}` : page;
  const load = byId.get(name);
  if (!load) throw new Error(`no help page ${name}`);
  return load();
}
