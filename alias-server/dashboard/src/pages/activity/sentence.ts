// What a record of the audit log says, as the end of a sentence whose beginning is who did it.
import type { AuditRecord } from '../../api/types';
import { plural, t } from '../../words';

const OBJECTS: Record<string, string> = { group: t`access group`, admin_token: t`admin token`, catalog: t`catalog` };

const VERBS: Record<string, string> = {
  create: t`created`,
  update: t`changed`,
  delete: t`deleted`,
  restore: t`restored`,
  rollback: t`rolled back`,
  rotate: t`rotated`,
  renew: t`renewed`,
  revoke: t`revoked`,
  retire: t`retired`,
  register: t`registered`,
  disable: t`disabled`,
  test: t`tested`,
  import: t`imported into`,
  add_models: t`added aliases to`,
  remove_models: t`removed aliases from`,
  transfer: t`moved`,
  configure_refill: t`set the refill of`,
  back_rate: t`rated old calls with`,
  rotate_secret: t`rotated the secret of`,
};

/** Actions whose sentence goes another way. */
const WHOLE: Record<string, string> = { 'session.create': t`signed in:`, 'session.delete': t`signed out:`, 'credits.transfer': t`moved credits of` };

export function sentenceOf(record: AuditRecord): string {
  const done = doneOf(record);
  const often = record.count > 1 ? plural(record.count, '{0}, # time', '{0}, # times', done) : done;
  return record.outcome === 'refused' ? t`${often} (refused)` : often;
}

function doneOf(record: AuditRecord): string {
  const name = record.name ?? '';
  const target = record.diff.litellm_model as { from?: string; to?: string } | undefined;
  if (record.action === 'alias.update' && target?.to) return t`switched ${name} to ${target.to}`;
  const whole = WHOLE[record.action];
  if (whole) return `${whole} ${name}`;
  const [object = '', action = ''] = record.action.split('.');
  return t`${VERBS[action] ?? action.replaceAll('_', ' ')} ${OBJECTS[object] ?? object.replaceAll('_', ' ')} ${name}`;
}
