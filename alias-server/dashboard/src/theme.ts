// Colours, sizes and defaults of the component library. Every pair of text and ground has a contrast of 4.5 or more.
import { Badge, Button, createTheme, type CSSVariablesResolver, Drawer, Menu, Modal, Table, Tooltip } from '@mantine/core';

import { t } from './words';

/** Named in font.css. */
const FONT = 'var(--alias-font)';
const MONO = "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace";

export const theme = createTheme({
  primaryColor: 'indigo',
  colors: { dark: ['#e3e6eb', '#b8bfca', '#98a1b0', '#717a89', '#3a404b', '#2f343d', '#22262e', '#1a1d23', '#14161b', '#101216'] },
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: FONT,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: FONT, fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Badge: Badge.extend({ defaultProps: { variant: 'default', radius: 'sm', tt: 'none', fw: 500 } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Drawer: Drawer.extend({
      defaultProps: { position: 'right', size: 560, padding: 'lg', closeButtonProps: { 'aria-label': t`Close` } },
      styles: { title: { fontWeight: 650, fontSize: 18 } },
    }),
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false, returnFocus: true } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, padding: 'lg', closeButtonProps: { 'aria-label': t`Close` } },
      styles: { title: { fontWeight: 650, fontSize: 18 } },
    }),
    PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': t`Toggle password visibility` } } },
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { events: { hover: true, focus: true, touch: false }, openDelay: 250 } }),
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1a1d23',
    '--mantine-color-dimmed': '#596170',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#364fc7',
    '--alias-ground': '#f7f8fa',
    '--alias-line': '#e4e7ec',
    '--alias-good': '#157347',
    '--alias-warn': '#8a5300',
    '--alias-bad': '#b42318',
    '--alias-accent': '#364fc7',
    '--alias-accent-soft': '#e9edff',
  },
  dark: {
    '--mantine-color-body': '#16181d',
    '--mantine-color-text': '#e3e6eb',
    '--mantine-color-dimmed': '#a3abb8',
    '--mantine-color-placeholder': '#98a1b0',
    '--mantine-color-error': '#ff9a92',
    '--mantine-color-anchor': '#a5b7ff',
    '--alias-ground': '#101216',
    '--alias-line': '#2a2e36',
    '--alias-good': '#63d59b',
    '--alias-warn': '#f5c063',
    '--alias-bad': '#ff9a92',
    '--alias-accent': '#a5b7ff',
    '--alias-accent-soft': '#232b4d',
  },
});
