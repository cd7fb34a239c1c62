import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { localText } from '#contract/base.ts';
import type { CameraTemplate } from '#contract/cameras.contract.ts';

const templateFile = z.array(
  z.object({
    id: z.string().regex(/^[a-z]+$/),
    name: localText,
    port: z.int(),
    main: z.string().startsWith('rtsp://{host}:{port}/'),
    sub: z.string().startsWith('rtsp://{host}:{port}/').nullable(),
    defaults: z.array(z.tuple([z.string(), z.string()])).max(3),
  }),
);
export type VendorTemplate = z.infer<typeof templateFile>[number];

/** Stream addresses by vendor, from resources/camera-templates.yaml. @throws ZodError naming what is wrong in it */
export const loadTemplates = (resources: string): VendorTemplate[] =>
  templateFile.parse(parse(readFileSync(join(resources, 'camera-templates.yaml'), 'utf8')));

/** A template without its passwords. */
export const shownTemplate = ({ id, name, port, main, sub, defaults }: VendorTemplate): CameraTemplate => ({
  id,
  name,
  port,
  main,
  sub,
  defaultLogins: defaults.length,
});

/** Fills a template in. @param channel from 1 */
export function fillTemplate(template: string, of: { host: string; port: number; channel: number }): string {
  const host = of.host.includes(':') && !of.host.startsWith('[') ? `[${of.host}]` : of.host;
  const words: Record<string, string> = {
    host,
    port: String(of.port),
    channel: String(of.channel),
    channel0: String(of.channel - 1),
  };
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}
