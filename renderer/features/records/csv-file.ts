import { api } from '#api/client.ts';
import { filterOf, type RecordForm } from './search.ts';

/**
 * Collects the export's parts into one file and hands it to the browser's download.
 * @param progress rows so far
 * @returns rows written
 */
export async function downloadCsv(
  form: RecordForm,
  language: 'zh' | 'en',
  name: string,
  progress: (rows: number) => void,
): Promise<number> {
  const parts: string[] = [];
  let rows = 0;
  for await (const part of await api.records.exportCsv({ ...filterOf(form), language })) {
    parts.push(part.text);
    rows = part.rows;
    progress(rows);
  }
  const url = URL.createObjectURL(new Blob(parts, { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return rows;
}
