// Settings: who may come in, who is told, the catalogue as a file, and how the server is.
import { PageHead } from '../../elements/page-head';
import { PageTabs, type Part } from '../../elements/tabs';
import { useSession } from '../../session/session';
import { About } from './about';
import { Accounts } from './accounts';
import { Health } from './health';
import { ImportExport } from './import-export';
import { Notices } from './notices';
import { Tokens } from './tokens';
import { Webhooks } from './webhooks';
import { YourAccount } from './your-account';

export default function Settings() {
  const { me, may } = useSession();
  const parts: Part[] = [];
  if (me.actor === 'account') parts.push({ value: 'you', label: 'Your account', content: () => <YourAccount /> });
  if (may('readIdentities')) {
    parts.push({ value: 'accounts', label: 'Accounts', content: () => <Accounts /> }, { value: 'tokens', label: 'Admin tokens', content: () => <Tokens /> });
  }
  if (may('readCatalog')) parts.push({ value: 'notices', label: 'Notices', content: () => <Notices /> });
  parts.push({ value: 'webhooks', label: 'Webhooks', content: () => <Webhooks /> });
  if (may('readCatalog')) parts.push({ value: 'files', label: 'Import & export', content: () => <ImportExport /> });
  if (may('readSystem')) parts.push({ value: 'health', label: 'Health', content: () => <Health /> });
  parts.push({ value: 'about', label: 'About', content: () => <About /> });
  return (
    <>
      <PageHead title="Settings" />
      <PageTabs parts={parts} />
    </>
  );
}
