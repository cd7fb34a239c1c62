import type { TourRun, TourShift } from '#contract/tours.contract.ts';
import { isoLocal } from '#station/paper/local-time.ts';
import { pdf, type PdfLine } from '#station/paper/pdf.ts';
import { paperWords, type Language } from '#station/paper/words.ts';

export interface ReportPaper {
  shift: TourShift;
  /** Oldest first. */
  runs: readonly TourRun[];
  language: Language;
  timezone: string;
  /** Of the site and of its cameras, in the language. */
  siteName: string;
  cameraName(id: string): string;
  /** When and by whom it was asked for. */
  nowMs: number;
  by: string;
}

/** The report of a shift on paper: what was walked, every camera with its decision, what was reported, room for two names. */
export function reportPdf(input: ReportPaper, resources: string): Buffer {
  const { shift, runs, language, timezone, nowMs } = input;
  const words = paperWords(resources, language);
  const word = (code: string) => words('tours', code);
  const at = (ms: number) => isoLocal(ms, timezone).slice(0, 19).replace('T', ' ');
  const clock = (ms: number | null) => (ms === null ? '' : at(ms).slice(11));
  const figures = ['runs', 'late', 'missed', 'confirmed', 'skipped', 'unconfirmed', 'reports'] as const;
  const named = (name: TourRun['name']) => (language === 'en' && name.en !== '' ? name.en : name.zh);

  function camera(one: TourRun['cameras'][number]): PdfLine {
    const said = [word(`state.${one.state}`), clock(one.atMs), one.by, one.reason].filter(Boolean).join('  ');
    return {
      text: `${input.cameraName(one.cameraId)}: ${said}`,
      indent: 12,
      grey: one.state === 'confirmed',
    };
  }
  function report(one: TourRun['reports'][number]): PdfLine {
    const type = words('alarmType', `${one.type}._`);
    const typed = type === `${one.type}._` ? words('alarmType', one.type) : type;
    const said = [typed, clock(one.atMs), one.by, one.note].filter(Boolean).join('  ');
    return { text: `${word('paper.reported')}: ${input.cameraName(one.cameraId)}  ${said}`, indent: 12 };
  }
  const walk = (run: TourRun): PdfLine[] => [
    {
      text: `${named(run.name)}  ${word('column.due')} ${at(run.dueAtMs)}  ${word(`phase.${run.phase}`)}${run.late ? ` (${word('late')})` : ''}`,
      ...{ size: 11, above: 8, rule: true },
    },
    {
      text: `${word('column.begun')} ${clock(run.startedAtMs) || '-'}  ${word('column.end')} ${clock(run.endedAtMs) || '-'}  ${run.startedBy ?? run.guard}`,
      grey: true,
    },
    ...run.cameras.map(camera),
    ...run.reports.map(report),
  ];
  const lines: PdfLine[] = [
    { text: word('paper.title'), size: 18 },
    { text: `${input.siteName}  ${at(shift.fromMs)} - ${at(shift.toMs)}`, grey: true },
    { text: `${word('paper.made')}: ${at(nowMs)}  ${input.by}`, grey: true },
    { text: figures.map((key) => `${word(`figure.${key}`)} ${shift[key]}`).join('   '), above: 10 },
    ...(runs.length === 0 ? [{ text: word('paper.none'), above: 10 }] : runs.flatMap(walk)),
    {
      text: `${word('paper.handedOver')} ____________________      ${word('paper.takenOver')} ____________________`,
      above: 36,
    },
  ];
  return pdf(lines, word('paper.title'));
}
