// The limits of a team, and how it is charged, as forms name them.

export const LIMITS = [
  { name: 'rpm_limit', label: 'Calls a minute', description: 'Empty does not limit' },
  { name: 'tpm_limit', label: 'Tokens a minute', description: 'Input and output together' },
  { name: 'max_parallel_requests', label: 'Calls at once', description: undefined },
] as const;

export const MODE_CHOICES = [
  { value: 'job_based', label: 'By job: one credit a job' },
  { value: 'consumption_usd', label: 'By cost: credits for each dollar' },
  { value: 'consumption_tokens', label: 'By tokens: credits for tokens' },
];
