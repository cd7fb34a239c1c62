import type { CameraTemplate } from '#contract/cameras.contract.ts';

/** The content of a file as base64. */
export function fileBase64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('file not read'));
    reader.readAsDataURL(file);
  });
}

const COLUMNS = ['id', 'nameZh', 'nameEn', 'place', 'vendor', 'host', 'port', 'channel', 'username', 'password', 'transport', 'longitude', 'latitude', 'direction', 'angle', 'reach', 'ptz', 'onvifPort', 'sound'] as const; // prettier-ignore

/** A list to fill in, headed in the console's language, with the mark by which Excel knows UTF-8. */
export function exampleCsv(t: (key: string) => string, templates: readonly CameraTemplate[]): string {
  const vendor = templates[0]?.id ?? 'generic';
  const row = ['', t('cameras.import.exampleCamera'), '', '', vendor, '192.168.1.64', '554', '1', 'admin', '', 'tcp', '', '', '', '', '', '', '80', 'live']; // prettier-ignore
  return `\uFEFF${[COLUMNS.map((one) => t(`cameras.column.${one}`)), row].map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}
