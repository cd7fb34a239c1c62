/** Which words name a field of a camera, by its path in the schema: what is refused is told by the form's own names. */
const NAMES: Readonly<Record<string, string>> = {
  id: 'cameras.field.id',
  'name.zh': 'cameras.field.nameZh',
  'name.en': 'cameras.field.nameEn',
  placeId: 'cameras.field.place',
  mainUrl: 'cameras.field.mainUrl',
  subUrl: 'cameras.field.subUrl',
  transport: 'cameras.field.transport',
  username: 'cameras.field.username',
  password: 'cameras.field.password',
  pull: 'cameras.field.pull',
  sound: 'cameras.field.sound',
  'recording.beside': 'recording.rule.beside.name',
  'onvif.address': 'cameras.field.onvifAddress',
  'onvif.port': 'cameras.field.onvifPort',
  'onvif.source': 'cameras.field.onvifSource',
  'mount.heightMetres': 'cameras.mount.height',
  'mount.panZeroDegrees': 'cameras.mount.bearing',
  'mount.clockwise': 'cameras.mount.turn',
  'mount.tiltZeroDegrees': 'cameras.mount.tilt',
  'mount.tiltDegrees': 'cameras.mount.tilt',
  'mount.zoomTimes': 'cameras.mount.zoom',
};
/** Locale key of a field's name; null for one that the form does not show. */
export const fieldName = (path: string): string | null => NAMES[path] ?? null;
