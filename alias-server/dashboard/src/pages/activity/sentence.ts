// What a record of the audit log says, as the end of a sentence whose beginning is who did it.
import type { AuditRecord } from '../../api/types';

const OBJECTS: Record<string, string> = { group: 'access group', admin_token: 'admin token', catalog: 'catalog' };

const VERBS: Record<string, string> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  restore: 'restored',
  rollback: 'rolled back',
  rotate: 'rotated',
  renew: 'renewed',
  revoke: 'revoked',
  retire: 'retired',
  register: 'registered',
  disable: 'disabled',
  test: 'tested',
  import: 'imported into',
  add_models: 'added aliases to',
  remove_models: 'removed aliases from',
  transfer: 'moved',
  configure_refill: 'set the refill of',
  back_rate: 'rated old calls with',
  rotate_secret: 'rotated the secret of',
};

/** Actions whose sentence goes another way. */
const WHOLE: Record<string, string> = { 'session.create': 'signed in:', 'session.delete': 'signed out:', 'credits.transfer': 'moved credits of' };

export function sentenceOf(record: AuditRecord): string {
  const [object = '', action = ''] = record.action.split('.');
  const words = WHOLE[record.action] ?? `${VERBS[action] ?? action.replaceAll('_', ' ')} ${OBJECTS[object] ?? object.replaceAll('_', ' ')}`;
  const refused = record.outcome === 'refused' ? ' (refused)' : '';
  const times = record.count > 1 ? `, ${record.count} times` : '';
  const target = record.diff.litellm_model as { from?: string; to?: string } | undefined;
  if (record.action === 'alias.update' && target?.to) return `switched ${record.name} to ${target.to}${times}${refused}`;
  return `${words} ${record.name}${times}${refused}`;
}
