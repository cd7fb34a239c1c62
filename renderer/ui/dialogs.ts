import { computed, shallowRef } from 'vue';

/** Dialogs of a screen of which one at the most is open: `dialog` names it, `shows(name)` is for a dialog's `v-model:show`. */
export function useDialogs<Name extends string>() {
  const dialog = shallowRef<Name | null>(null);
  const shows = (name: Name) =>
    computed({ get: () => dialog.value === name, set: (isShown) => (dialog.value = isShown ? name : null) });
  return { dialog, shows };
}
