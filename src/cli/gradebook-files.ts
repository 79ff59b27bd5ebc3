import { readFile, stat, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { gradebookLimits } from '../applications/gradebook/limits.ts';
import type { ImportReport } from '../applications/gradebook/methods-files.ts';
import { explainFileError } from '../language/files.ts';
import { gradebookErrorTexts } from '../language/gradebook-errors.ts';
import { gradebookImportTexts } from '../language/gradebook-import.ts';
import { addSubcommand, drawTable, withBook } from './gradebook-command.ts';
import type { GradebookHost, Shown } from './gradebook-command.ts';
import { findAssessment, findPromotion } from './gradebook-connect.ts';
import { requireNoFile } from './store-place.ts';
import { UsageError } from './terminal.ts';

const formats = ['csv', 'moodle', 'xlsx'] as const;

/** Adds the subcommands that read and write files. */
export function addFiles(host: GradebookHost): void {
  addImports(host);
  addExport(host);
}

/** The bytes of a file in base64. @throws {UsageError} */
async function readContent({ words, terminal }: GradebookHost, path: string): Promise<string> {
  const limit = gradebookLimits.maxFileBytes;
  try {
    const { size } = await stat(path);
    if (size > limit) {
      throw new Error(
        gradebookErrorTexts[terminal.language].FILE_TOO_LONG({ limit, unit: 'bytes' }),
      );
    }
    return (await readFile(path)).toString('base64');
  } catch (error) {
    throw new UsageError(words.unreadable(path, explainFileError(terminal.language, error)));
  }
}

/** A report, line by line, in the reader's language. */
function drawReport(host: GradebookHost, report: ImportReport): string {
  const { words, terminal } = host;
  const texts = gradebookImportTexts[terminal.language];
  const { line, column, fate, what } = words.columns;
  const rows = report.lines.map((one) => {
    const known = Object.entries(texts).find(([code]) => code === one.code)?.[1];
    return [one.line, one.column, words.fates[one.fate], known?.(one.details) ?? one.text];
  });
  const lines = [drawTable([line, column, fate, what], rows)];
  if (report.omitted > 0) lines.push(words.omitted(report.omitted));
  lines.push(words.counts(report.counts));
  lines.push(report.dryRun ? words.dryRun : report.done ? words.imported : words.notImported);
  return lines.join('\n');
}

function showReport(host: GradebookHost, report: ImportReport): Shown {
  const failed = report.dryRun ? report.counts.error > 0 : !report.done;
  return { value: report, text: drawReport(host, report), exitCode: failed ? 1 : 0 };
}

interface ImportFlags {
  readonly dryRun?: boolean;
  readonly assessment?: string;
}

function addImports(host: GradebookHost): void {
  const { words } = host;
  const { options } = words;
  addSubcommand(host, 'import-students', '<promotion> <file>')
    .option('--dry-run', options.dryRun)
    .action((which: string, path: string, flags: ImportFlags) =>
      withBook(host, async (book) => {
        const content = await readContent(host, path);
        const { promotion } = await findPromotion(book, which, words);
        const dryRun = flags.dryRun === true;
        return showReport(host, await book.importStudents({ promotion, content, dryRun }));
      }),
    );
  addSubcommand(host, 'import-marks', '<promotion> <file>')
    .option('--assessment <assessment>', options.assessment)
    .option('--dry-run', options.dryRun)
    .action((which: string, path: string, flags: ImportFlags) =>
      withBook(host, async (book) => {
        const content = await readContent(host, path);
        const { promotion } = await findPromotion(book, which, words);
        const assessment =
          flags.assessment === undefined
            ? undefined
            : (await findAssessment(book, promotion, flags.assessment, words)).assessment;
        const report = await book.importMarks({
          promotion,
          content,
          dryRun: flags.dryRun === true,
          ...(assessment !== undefined && { assessment }),
        });
        return showReport(host, report);
      }),
    );
}

interface ExportFlags {
  readonly format?: string;
  readonly force?: boolean;
}

function addExport(host: GradebookHost): void {
  const { words, terminal } = host;
  addSubcommand(host, 'export', '<promotion> <file>')
    .option('--format <format>', words.options.format)
    .option('--force', words.options.force)
    .action((which: string, path: string, flags: ExportFlags) =>
      withBook(host, async (book) => {
        await requireNoFile(path, flags.force === true || path === '-', words.fileExists);
        const usual = extname(path).toLowerCase() === '.xlsx' ? 'xlsx' : 'csv';
        const asked = flags.format ?? usual;
        const format = formats.find((known) => known === asked);
        if (format === undefined) throw new UsageError(words.badFormat(asked));
        const { promotion } = await findPromotion(book, which, words);
        const { language } = terminal;
        const file = await book.exportMarks({ promotion, format, language });
        const bytes = Buffer.from(file.content, 'base64');
        if (path === '-') {
          void terminal.print(bytes);
          return { value: { bytes: bytes.length }, text: '' };
        }
        try {
          await writeFile(path, bytes);
        } catch (error) {
          throw new UsageError(words.unwritable(path, explainFileError(terminal.language, error)));
        }
        return { value: { file: path, bytes: bytes.length }, text: words.written(path) };
      }),
    );
}
