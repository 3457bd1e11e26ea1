// Sets the chosen theme before anything is painted.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('alias-theme');
  } catch (refused) {
    // Storage that is switched off leaves the system's theme.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
