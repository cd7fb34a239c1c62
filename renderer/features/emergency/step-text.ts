import type { Action, PlanStep } from '#contract/plan.ts';
import type { Contact } from '#contract/site.ts';
import { useSite } from '#api/site.ts';
import { useText } from '#ui/text.ts';
import type { BoardStep } from './board.ts';

/** What a step does, in the names of this park. */
export function useStepText() {
  const site = useSite();
  const { t, lt, worded } = useText();
  const join = (names: string[]) => names.join(t('app.listSeparator'));
  const named = (
    ids: 'alarm' | readonly string[],
    names: ReadonlyMap<string, { name: { zh: string; en: string } }>,
  ) => (ids === 'alarm' ? t('emergency.ofAlarm') : join(ids.map((id) => lt(names.get(id)?.name) || id)));
  const command = (name: string) => worded('deviceCommand', name) ?? name;

  const contactsOf = (ids: readonly string[]): Contact[] =>
    ids.map(
      (id) =>
        site.site?.contacts.find((contact) => contact.id === id) ?? {
          id,
          name: { zh: id, en: id },
          role: { zh: t('emergency.contactGone'), en: '' },
          phone: '—',
          group: 'outside',
        },
    );

  function actionText(action: Action): string {
    switch (action.type) {
      case 'show_cameras':
        return t('emergency.action.show_cameras', { names: named(action.cameraIds, site.cameras) });
      case 'announce': {
        const { source } = action;
        const names = named(action.zoneIds, site.broadcastZones);
        const text =
          source.kind === 'speech'
            ? source.text
            : (worded('broadcast.builtIn', source.messageId) ?? source.messageId);
        return t('emergency.action.announce', { names, text, repeat: action.repeat });
      }
      case 'device_command': {
        const device =
          action.deviceId === 'alarm'
            ? t('emergency.ofAlarm')
            : lt(site.devices.get(action.deviceId)?.name) || action.deviceId;
        return t('emergency.action.device_command', { device, command: command(action.command) });
      }
      case 'notify':
        return t('emergency.action.notify', {
          names: join(contactsOf(action.contactIds).map(({ name }) => lt(name))),
        });
    }
  }

  /** The word on the button of a step: what pressing it does. */
  function moveText({ move, definition }: BoardStep): string {
    if (move === 'retry') return t('emergency.move.retry');
    if (move === 'confirm') return t('emergency.move.confirmNotify');
    const { action } = definition;
    if (!action) return t('emergency.move.done');
    if (action.type === 'device_command')
      return t('emergency.move.device_command', { command: command(action.command) });
    return t(`emergency.move.${action.type}`);
  }

  function answerText(definition: PlanStep, value: string): string {
    if (definition.answer.kind === 'yes_no') return t(`emergency.answer.${value}`);
    if (definition.answer.kind !== 'choice') return '';
    return lt(definition.answer.options.find((option) => option.value === value)?.label) || value;
  }
  const reasonText = (reason: string) =>
    worded('error', reason) ?? worded('receipt.reason', reason) ?? reason;
  return { actionText, moveText, answerText, contactsOf, reasonText };
}
