import fc from 'fast-check';
import type { PlanAction, PlanDefinition, StepDefinition } from '#domain/plan-types.ts';

/** Small ids so that generated plans, commands and receipts meet. */
export const stepId = (index: number) => `s${index}`;

const anyAction: fc.Arbitrary<PlanAction> = fc.oneof(
  fc.constant<PlanAction>({ type: 'show_cameras', cameraIds: ['c1', 'c2'] }),
  fc.constant<PlanAction>({ type: 'show_cameras', cameraIds: 'alarm' }),
  fc.constant<PlanAction>({
    type: 'announce',
    zoneIds: 'alarm',
    source: { kind: 'speech', text: '请疏散' },
    class: 'emergency_recorded',
    repeat: 2,
  }),
  fc.constant<PlanAction>({ type: 'device_command', deviceId: 'gate-1', command: 'close', params: {} }),
  fc.constant<PlanAction>({ type: 'notify', contactIds: ['p1'], text: { zh: '请到岗', en: '' } }),
);

/** A sound plan of 1 to 8 steps: `after` points upwards only, so that there is no cycle. */
export const anyPlan: fc.Arbitrary<PlanDefinition> = fc
  .array(
    fc.record({
      by: fc.constantFrom('person' as const, 'auto' as const, 'timer' as const),
      action: fc.option(anyAction, { nil: undefined }),
      fallback: anyAction,
      wait: fc.integer({ min: 1, max: 600 }),
      target: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
      answer: fc.constantFrom('done' as const, 'yes_no' as const, 'choice' as const),
      commentRequired: fc.boolean(),
      after: fc.option(fc.array(fc.nat({ max: 7 }), { maxLength: 3 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((rows) => ({
    id: 'plan',
    steps: rows.map((row, index): StepDefinition => {
      const after = row.after?.filter((other) => other < index).map(stepId);
      return {
        id: stepId(index),
        by: row.by,
        action:
          row.by === 'timer' ? undefined : row.by === 'auto' ? (row.action ?? row.fallback) : row.action,
        waitSeconds: row.by === 'timer' ? row.wait : undefined,
        targetSeconds: row.target,
        after: after && [...new Set(after)],
        answer:
          row.by !== 'person' || row.answer === 'done'
            ? { kind: 'done' }
            : row.answer === 'yes_no'
              ? { kind: 'yes_no' }
              : {
                  kind: 'choice',
                  options: ['a', 'b'].map((value) => ({ value, label: { zh: value, en: '' } })),
                },
        commentRequired: row.by === 'person' && row.commentRequired,
      };
    }),
  }));
