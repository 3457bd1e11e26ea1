// Who did something, in words.
import { t } from '../words';

const WORDS: Record<string, string> = { local: t`someone on this machine`, admin_key: t`the admin key`, token: t`a token`, account: t`an account`, system: t`the server`, anonymous: t`somebody unknown` };

export function actorOf(record: { actor: string; actor_name?: string | null }): string {
  return record.actor_name ?? WORDS[record.actor] ?? record.actor;
}
