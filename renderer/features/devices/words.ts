import { useText } from '#ui/text.ts';
import { pointText } from '#ui/point-value.ts';
import type { Point } from '#ui/point-value.ts';

/** Values and commands of devices in words. */
export function useDeviceText() {
  const { t, worded } = useText();
  const valueText = (point: Pick<Point, 'unit'>, value: number | boolean | string | null): string =>
    pointText(point, value, (kind, text) =>
      kind === 'state' ? (worded('devices.stateWord', text) ?? text) : t(`devices.value.${kind}`),
    );
  const commandText = (name: string) => worded('deviceCommand', name) ?? name;
  return { valueText, commandText };
}
