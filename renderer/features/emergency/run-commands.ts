import { ref } from 'vue';
import { api } from '#api/client.ts';
import { useAction } from '#ui/action.ts';
import type { BoardStep, StepInput } from './board.ts';

/** The commands of one run, one at a time: a second press while the first is on its way does nothing. */
export function useRunCommands(runId: () => string, done: () => void) {
  const { run: perform } = useAction();
  const busy = ref(false);
  async function once(command: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    try {
      const answer = await perform(command);
      if (answer !== undefined) done();
      return answer !== undefined;
    } finally {
      busy.value = false;
    }
  }
  return {
    busy,
    doStep: (step: BoardStep, { answer, comment }: StepInput) =>
      once(() =>
        api.runs.doStep({
          runId: runId(),
          stepId: step.id,
          ...(answer === null ? {} : { answer }),
          ...(comment.trim() === '' ? {} : { comment }),
        }),
      ),
    skip: (stepId: string, comment: string) =>
      once(() => api.runs.skipStep({ runId: runId(), stepId, comment })),
    note: (text: string) => once(() => api.runs.note({ runId: runId(), text })),
    end: (outcome: 'completed' | 'cancelled', comment: string) =>
      once(() => api.runs.end({ runId: runId(), outcome, comment })),
  };
}
