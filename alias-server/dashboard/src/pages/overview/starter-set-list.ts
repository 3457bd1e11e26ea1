// The naming strategies of the user guide, as sets of aliases to begin with.
import { t } from '../../words';

export interface Starter {
  alias: string;
  litellm_model: string;
}

export interface StarterSet {
  name: string;
  why: string;
  aliases: Starter[];
}

const to = (alias: string, litellm_model: string): Starter => ({ alias, litellm_model });

export const STARTER_SETS: StarterSet[] = [
  {
    name: t`Hybrid`,
    why: t`Standard names, and a few for convenience and use: what the guide recommends.`,
    aliases: [
      to('gpt-4', 'openai/gpt-4'),
      to('gpt-3.5-turbo', 'openai/gpt-3.5-turbo'),
      to('claude-3-opus', 'anthropic/claude-3-opus-20240229'),
      to('claude-3-sonnet', 'anthropic/claude-3-sonnet-20240229'),
      to('fast', 'openai/gpt-3.5-turbo'),
      to('smart', 'openai/gpt-4'),
      to('vision', 'openai/gpt-4-vision-preview'),
    ],
  },
  {
    name: t`Generic`,
    why: t`Names that hide the provider, so that it can be switched without anybody noticing.`,
    aliases: [to('smart', 'openai/gpt-4'), to('balanced', 'openai/gpt-4-turbo'), to('fast', 'openai/gpt-3.5-turbo'), to('vision', 'openai/gpt-4-vision-preview')],
  },
  {
    name: t`Provider-based`,
    why: t`Names that say whose model it is.`,
    aliases: [
      to('openai-gpt4', 'openai/gpt-4'),
      to('openai-gpt35', 'openai/gpt-3.5-turbo'),
      to('claude-opus', 'anthropic/claude-3-opus-20240229'),
      to('claude-sonnet', 'anthropic/claude-3-sonnet-20240229'),
      to('gemini-pro', 'gemini/gemini-pro'),
    ],
  },
  {
    name: t`Tiered`,
    why: t`Names that follow your pricing plans.`,
    aliases: [to('basic', 'openai/gpt-3.5-turbo'), to('professional', 'openai/gpt-4-turbo'), to('enterprise', 'openai/gpt-4'), to('premium', 'anthropic/claude-3-opus-20240229')],
  },
  {
    name: t`Use case`,
    why: t`Names that say what a model is for.`,
    aliases: [
      to('chat', 'openai/gpt-3.5-turbo'),
      to('analysis', 'openai/gpt-4'),
      to('creative', 'anthropic/claude-3-opus-20240229'),
      to('code', 'openai/gpt-4'),
      to('vision', 'openai/gpt-4-vision-preview'),
    ],
  },
];
