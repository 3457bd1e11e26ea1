// Settings: who may come in, who is told, the catalogue as a file, and how the server is.
import { lazily } from '../../elements/lazily';
import { PageHead } from '../../elements/page-head';
import { PageTabs, type Part } from '../../elements/tabs';
import { useSession } from '../../session/session';
import { t } from '../../words';

const About = lazily(async () => (await import('./about')).About);
const Accounts = lazily(async () => (await import('./accounts')).Accounts);
const Health = lazily(async () => (await import('./health')).Health);
const ImportExport = lazily(async () => (await import('./import-export')).ImportExport);
const Notices = lazily(async () => (await import('./notices')).Notices);
const Tokens = lazily(async () => (await import('./tokens')).Tokens);
const Webhooks = lazily(async () => (await import('./webhooks')).Webhooks);
const YourAccount = lazily(async () => (await import('./your-account')).YourAccount);

export default function Settings() {
  const { me, may } = useSession();
  const parts: Part[] = [];
  if (me.actor === 'account') parts.push({ value: 'you', label: t`Your account`, content: () => <YourAccount /> });
  if (may('readIdentities')) {
    parts.push({ value: 'accounts', label: t`Accounts`, content: () => <Accounts /> }, { value: 'tokens', label: t`Admin tokens`, content: () => <Tokens /> });
  }
  if (may('readCatalog')) parts.push({ value: 'notices', label: t`Notices`, content: () => <Notices /> });
  parts.push({ value: 'webhooks', label: t`Webhooks`, content: () => <Webhooks /> });
  if (may('readCatalog')) parts.push({ value: 'files', label: t`Import & export`, content: () => <ImportExport /> });
  if (may('readSystem')) parts.push({ value: 'health', label: t`Health`, content: () => <Health /> });
  parts.push({ value: 'about', label: t`About`, content: () => <About /> });
  return (
    <>
      <PageHead title={t`Settings`} />
      <PageTabs parts={parts} />
    </>
  );
}
