import { useMessage } from 'naive-ui';
import { ref } from 'vue';
import { useText } from './text.ts';

/**
 * Runs commands with a busy flag and words their failure on the screen: every button that changes
 * something goes through this, so that no refusal is silent.
 */
export function useAction() {
  const message = useMessage();
  const { errorText } = useText();
  const busy = ref(false);
  /** The command's result, or undefined when it failed (which the person has then been told). */
  async function run<T>(command: () => Promise<T>, done?: string): Promise<T | undefined> {
    busy.value = true;
    try {
      const result = await command();
      if (done) message.success(done);
      return result;
    } catch (error) {
      message.error(errorText(error), { duration: 8000, closable: true });
      return undefined;
    } finally {
      busy.value = false;
    }
  }
  return { busy, run };
}
