/** Device service of a host as it is typed: an address, a name, or IPv6. */
export function deviceUrl(of: { host: string; port: number; secure?: boolean | undefined }): string {
  const { host, port } = of;
  const bare = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${of.secure ? 'https' : 'http'}://${bare}:${port}/onvif/device_service`;
}
