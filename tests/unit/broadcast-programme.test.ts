import { describe, expect, it } from 'vitest';
import {
  planProgramme,
  programmeLengthMs,
  programmeProblem,
  type Programme,
} from '#domain/broadcast-programme.ts';

const parts = (programme: Programme) =>
  [programme.lead, programme.body, programme.tail].map((steps) => steps.map((step) => step.part));
const lengths = { chime_in: 2000, attention: 8000, message: 5000, chime_out: 1000 };

describe('programme of a broadcast', () => {
  it('frames an announcement with chimes, once, however often it is repeated', () => {
    const programme = planProgramme({ priority: 'manual', repeat: 3, chime: true });
    expect(parts(programme)).toEqual([['chime_in'], ['message'], ['message', 'chime_out']]);
    expect(programmeLengthMs(programme, lengths)).toBe(2300 + 2 * 6500 + 5300 + 1000);
  });

  it('alternates attention tone and voice in an emergency until it is stopped', () => {
    const programme = planProgramme({ priority: 'emergency_recorded', repeat: 'until_stopped', chime: true });
    expect(parts(programme)).toEqual([[], ['attention', 'attention', 'attention', 'message'], []]);
    expect(programmeLengthMs(programme, lengths)).toBeNull();
  });

  it('adds no pause after the last round, so that the zone is free at once', () => {
    const plain = planProgramme({ priority: 'manual', repeat: 1, chime: false });
    expect(programmeLengthMs(plain, lengths)).toBe(5000);
    const twice = planProgramme({ priority: 'emergency_recorded', repeat: 2, chime: true });
    expect(programmeLengthMs(twice, lengths)).toBe(2 * (3 * 8000 + 300 + 5000) + 1500);
  });

  it('leaves music alone', () => {
    const programme = planProgramme({ priority: 'background', repeat: 2, chime: true });
    expect(parts(programme)).toEqual([[], ['message'], ['message']]);
    expect(programmeLengthMs(programme, lengths)).toBe(10_000);
  });

  it.each([
    [{ priority: 'manual', repeat: 'until_stopped', chime: true }, 'broadcast.endless_not_allowed'],
    [{ priority: 'emergency_live', repeat: 'until_stopped', chime: true }, null],
    [{ priority: 'background', repeat: 'until_stopped', chime: false }, null],
    [{ priority: 'manual', repeat: 0, chime: true }, 'broadcast.repeat_out_of_range'],
    [{ priority: 'manual', repeat: 1.5, chime: true }, 'broadcast.repeat_out_of_range'],
    [{ priority: 'manual', repeat: 100, chime: true }, 'broadcast.repeat_out_of_range'],
    [{ priority: 'scheduled', repeat: 99, chime: true }, null],
  ] as const)('judges %j as %s', (wish, problem) => {
    expect(programmeProblem(wish)).toBe(problem);
  });
});
