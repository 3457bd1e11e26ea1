// Who did something, in words.
const WORDS: Record<string, string> = { local: 'someone on this machine', admin_key: 'the admin key', token: 'a token', account: 'an account', system: 'the server', anonymous: 'somebody unknown' };

export function actorOf(record: { actor: string; actor_name?: string | null }): string {
  return record.actor_name ?? WORDS[record.actor] ?? record.actor;
}
