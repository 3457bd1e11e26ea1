// In every page of the book: "Copy page as Markdown" in its bar, for its text lies beside it (scripts/docs/llms.py), and
// what is wider than the screen is scrolled by keyboard, too.
(() => {
  const reach = () => {
    for (const one of document.querySelectorAll('main pre, main pre code, main .table-wrapper')) {
      if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    }
  };
  reach();
  addEventListener('resize', reach);

  const bar = document.querySelector('.right-buttons');
  const page = location.pathname.split('/').pop() || 'index.html';
  if (!bar || ['print.html', '404.html', 'toc.html'].includes(page)) return;
  const source = page.replace(/\.html$/, '.md');

  const button = document.createElement('button');
  const narrow = matchMedia('(max-width: 600px)');
  const name = () => { button.textContent = narrow.matches ? 'Copy' : 'Copy page as Markdown'; };
  name();
  narrow.addEventListener('change', name);
  button.type = 'button';
  button.title = 'Copy page as Markdown';
  button.style.cssText = 'padding: 0 0.5rem; border: 0; background: none; color: inherit; font: inherit; cursor: pointer';
  const said = document.createElement('span');
  said.setAttribute('role', 'status');
  button.addEventListener('click', async () => {
    try {
      const answer = await fetch(source);
      if (!answer.ok) throw new Error(answer.status);
      await navigator.clipboard.writeText(await answer.text());
      said.textContent = 'Copied';
      setTimeout(() => { said.textContent = ''; }, 2000);
    } catch {
      // A book that was opened as a file may not read others: the text is shown in place of copied.
      location.href = source;
    }
  });
  bar.prepend(button, said);
})();
