// The limits of a team, and how it is charged, as forms name them.
import { t } from '../../words';

export const LIMITS = [
  { name: 'rpm_limit', label: t`Calls a minute`, description: t`Empty does not limit` },
  { name: 'tpm_limit', label: t`Tokens a minute`, description: t`Input and output together` },
  { name: 'max_parallel_requests', label: t`Calls at once`, description: undefined },
] as const;

export const MODE_CHOICES = [
  { value: 'job_based', label: t`By job: one credit a job` },
  { value: 'consumption_usd', label: t`By cost: credits for each dollar` },
  { value: 'consumption_tokens', label: t`By tokens: credits for tokens` },
];

export const MODES: Record<string, string> = { job_based: t`by job`, consumption_usd: t`by cost`, consumption_tokens: t`by tokens` };
