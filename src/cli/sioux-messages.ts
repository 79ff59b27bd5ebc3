import type { MetricSnapshot } from '../observe/index.ts';
import type { SiouxPlan } from './sioux-plan.ts';

/** An error as it crosses between threads. */
export interface ReportedError {
  readonly code: string | undefined;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a thread is told; each is answered once, with its number. */
export type ThreadOrder = { readonly number: number } & (
  | { readonly kind: 'reload'; readonly plan: SiouxPlan }
  | { readonly kind: 'close'; readonly drain: number }
  | { readonly kind: 'metrics' }
  | {
      readonly kind: 'collected';
      readonly asked: number;
      readonly metrics: readonly MetricSnapshot[];
    }
);

/** What a thread says. */
export type ThreadMessage =
  | { readonly kind: 'listening'; readonly port: number; readonly url: string }
  | { readonly kind: 'failed'; readonly error: ReportedError }
  | { readonly kind: 'done'; readonly number: number; readonly error?: ReportedError }
  | {
      readonly kind: 'metrics';
      readonly number: number;
      readonly metrics: readonly MetricSnapshot[];
    }
  | {
      readonly kind: 'report';
      readonly error: ReportedError;
      readonly request: { readonly method: string; readonly path: string } | undefined;
    }
  /** Somebody asks this thread for the metrics of all of them. */
  | { readonly kind: 'collect'; readonly asked: number };

/** Makes plain data of whatever was thrown. */
export function toReported(thrown: unknown): ReportedError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const details = 'details' in error && typeof error.details === 'object' ? error.details : {};
  const plain = Object.entries(details ?? {}).filter(
    ([, value]) => typeof value === 'string' || typeof value === 'number',
  );
  return { code, message: error.message, details: Object.fromEntries(plain) };
}
