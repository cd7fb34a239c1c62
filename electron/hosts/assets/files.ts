import { extname, join, resolve, sep } from 'node:path';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.pbf': 'application/x-protobuf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** A built file to answer with. */
export interface Asset {
  /** Absolute path. */
  file: string;
  type: string;
  /** Built files under assets/ carry a digest in their name and never change. */
  immutable: boolean;
}

/**
 * The built file that a URL path stands for. The console's own addresses are in the fragment, so `/` is its one page.
 * @param root absolute path of the built console
 * @param path the URL's path, still percent-encoded, beginning with a slash
 * @returns null for what is no path of a file below `root`: badly encoded, with a way up, a drive, a NUL, a hidden name
 */
export function assetOf(root: string, path: string): Asset | null {
  const parts = partsOf(path);
  if (!parts) return null;
  const relative = parts.length > 0 ? parts : ['index.html'];
  const base = resolve(root);
  const file = join(base, ...relative);
  if (!file.startsWith(base + sep)) return null;
  const type = TYPES[extname(file).toLowerCase()];
  return type ? { file, type, immutable: relative[0] === 'assets' } : null;
}

/** The parts of a decoded path, null when one of them could mean another folder or device. */
function partsOf(path: string): string[] | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null; // a percent sign that encodes nothing
  }
  if (!decoded.startsWith('/')) return null;
  const parts = decoded.split('/').filter((part) => part !== '');
  // A colon is a drive or an alternate data stream on Windows, a backslash a separator there.
  return parts.some((part) => part.startsWith('.') || /[\\:\u0000-\u001f]/.test(part)) ? null : parts;
}
