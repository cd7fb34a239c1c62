import { z } from 'zod';
import { command, commandInput, jsonObject, live, ok, query, siteId } from './base.ts';
import { SITE_COLLECTIONS, site } from './site.ts';

export const siteProblem = z.object({
  /** Where: `devices[12].placeId`, with the line when it came from a file. */
  path: z.string(),
  line: z.int().optional(),
  /** Code that the console words as `site.problem.<code>`. */
  code: z.string(),
  params: jsonObject.default({}),
});
export type SiteProblem = z.infer<typeof siteProblem>;
/** One item, id `site`: changes whenever the site does, so that a console fetches it again. */
export const siteRevision = z.object({ id: z.literal('site'), revision: z.int() });

export const siteContract = {
  /** Everybody signed in needs the names of things; passwords are never in it. */
  get: query('session', '/site').output(site.extend({ revision: z.int() })),
  live: live('session', '/site/live', siteRevision),
  /** GeoJSON drawn below the park's own objects (roads, green, water); no ids. */
  map: query('session', '/site/map').output(jsonObject),
  put: command('site.edit', '/site/{collection}')
    .input(
      commandInput({
        collection: z.enum(SITE_COLLECTIONS),
        object: jsonObject,
        /**
         * Cameras only: sets the stored password; an empty string removes it; absent keeps it. A camera that is led to
         * another host needs it (`password_elsewhere`): the stored one is not for that host.
         */
        cameraPassword: z.string().max(200).optional(),
      }),
    )
    .output(ok),
  remove: command('site.edit', '/site/{collection}/{id}/remove')
    .input(commandInput({ collection: z.enum(SITE_COLLECTIONS), id: siteId }))
    .output(ok),
  /** Checks the text of a site file; with `apply` and no problem, replaces the site with it. */
  importFile: command('site.edit', '/site/import')
    .input(commandInput({ yaml: z.string().max(20_000_000), apply: z.boolean().default(false) }))
    .output(
      z.object({
        problems: z.array(siteProblem),
        counts: z.record(z.string(), z.int()),
        applied: z.boolean(),
        /**
         * Cameras whose stored password is (to be) forgotten: the file leads them to another `host` without one, or has
         * them no longer (null).
         */
        passwordsForgotten: z.array(z.object({ id: siteId, host: z.string().nullable() })),
      }),
    ),
  exportFile: query('site.edit', '/site/export').output(z.object({ yaml: z.string() })),
};
