// Parts of the callers, in per cent.
import type { SplitTarget } from '../../api/types';

/** Added in hundredths, so that 0.1 and 0.2 come to 0.3. */
export const sharedBy = (split: SplitTarget[]): number => split.reduce((sum, one) => sum + Math.round(one.share * 100), 0) / 100;

/** What is left for the target of the alias itself. */
export const leftBy = (split: SplitTarget[]): number => Math.max(0, Math.round(10_000 - 100 * sharedBy(split)) / 100);
