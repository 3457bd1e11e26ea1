// Applying a file in two steps: its plan first, then exactly that plan.
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import { answer, api, type OnlyOnce } from '../../api/client';
import { Problem } from '../../api/problem';
import type { Plan } from '../../api/types';
import { useOnce } from '../../elements/use-once';
import { type Document, readDocument, sizeOf } from './read-document';

export type Stage = 'reading' | 'planning' | 'applying';

export interface Ways {
  /** What the file does not name is deleted, where it is this file's. */
  prune: boolean;
  /** What another file manages is changed, too. */
  take_over: boolean;
}

export function useApply(onApplied: (plan: Plan) => void) {
  const client = useQueryClient();
  const [stage, setStage] = useState<Stage | null>(null);
  const [document, setDocument] = useState<Document | null>(null);
  const [plan, setPlan] = useState<Plan | null>(null);
  const [error, setError] = useState<unknown>(null);
  const once = useOnce();
  const stop = useRef<AbortController>(undefined);

  const work = async (first: Stage, doing: (signal: AbortSignal) => Promise<void>) => {
    const controller = new AbortController();
    stop.current = controller;
    setStage(first);
    setError(null);
    try {
      await doing(controller.signal);
    } catch (why) {
      if (!controller.signal.aborted) setError(why);
    } finally {
      setStage(null);
    }
  };
  const ask = async (read: Document, ways: Ways, signal: AbortSignal) => {
    setStage('planning');
    setPlan(await answer(api.POST('/api/apply', { body: { document: read, dry_run: true, ...ways }, signal })));
  };
  const forget = () => {
    setPlan(null);
    setDocument(null);
    setError(null);
  };
  const open = (file: File, ways: Ways) =>
    work('reading', async (signal) => {
      forget();
      const read = await readDocument(file, signal);
      setDocument(read);
      await ask(read, ways, signal);
    });
  const planAgain = (ways: Ways) => (document ? work('planning', (signal) => ask(document, ways, signal)) : Promise.resolve());
  const apply = (ways: Ways, reason: string) =>
    work('applying', async (signal) => {
      if (!document || !plan) return;
      const body = { document, dry_run: false, fingerprint: plan.fingerprint, ...ways };
      const send = (header: OnlyOnce) => answer(api.POST('/api/apply', { params: { header: { ...header, ...(reason ? { 'x-alias-reason': reason } : {}) } }, body }));
      const made = await once(body, send).catch(async (why: unknown) => {
        // Somebody changed what the plan is about: the plan as it is now is shown before anything is tried again.
        if (why instanceof Problem && why.code === 'plan_outdated') await ask(document, ways, signal);
        throw why;
      });
      forget();
      onApplied(made);
      await client.invalidateQueries();
    });
  return { stage, size: document ? sizeOf(document) : 0, plan, error, open, planAgain, apply, forget, cancel: () => stop.current?.abort() };
}
