import { ref } from 'vue';
import { useAlarms } from '#api/alarms.ts';
import { useSession } from '#api/session.ts';
import { useAction } from '#ui/action.ts';
import { useKeys } from '#ui/keys.ts';
import type { KeyBinding } from '#ui/keys.ts';
import { useIntents } from './intents.ts';
import { useScreens } from './screens.ts';

/** Keys that work on every screen: the newest alarm, the screens, the help. */
export function useFrameKeys() {
  const session = useSession();
  const alarms = useAlarms();
  const screens = useScreens();
  const intents = useIntents();
  const { run } = useAction();
  const helpOpen = ref(false);
  const hot = () => alarms.hot;
  const withHot = (act: (alarm: NonNullable<ReturnType<typeof hot>>) => unknown) => () => {
    const alarm = hot();
    if (alarm) act(alarm);
  };
  const alarmKeys: KeyBinding[] = [
    {
      key: 'Space',
      label: 'app.help.acknowledge',
      run: withHot((alarm) => run(() => alarms.acknowledge([alarm.id]))),
      when: () => hot() !== null && session.may('alarm.handle'),
      group: 'alarm',
      overDialogs: true,
    },
    {
      key: 'V',
      label: 'app.help.picture',
      run: withHot(intents.picture),
      when: () => hot() !== null,
      group: 'alarm',
    },
    {
      key: 'M',
      label: 'app.help.map',
      run: withHot(intents.map),
      when: () => hot() !== null,
      group: 'alarm',
    },
    {
      key: 'P',
      label: 'app.help.plan',
      run: withHot(intents.plan),
      when: () => hot() !== null,
      group: 'alarm',
    },
    { key: 'B', label: 'app.help.broadcast', run: () => intents.broadcast(), group: 'alarm' },
    {
      key: '?',
      label: 'app.help.help',
      run: () => (helpOpen.value = !helpOpen.value),
      group: 'screen',
      whileLocked: true,
    },
    { key: 'Ctrl+L', label: 'app.lock', run: () => run(session.lock), group: 'screen' },
  ];
  useKeys(alarmKeys);
  useKeys(() =>
    screens.value.flatMap((screen) =>
      screen.key
        ? [
            {
              key: screen.key,
              label: `${screen.id}.title`,
              run: () => intents.go(screen.id),
              group: 'screen' as const,
            },
          ]
        : [],
    ),
  );
  return { helpOpen };
}
