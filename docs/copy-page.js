// "Copy page as Markdown" in the bar of every page of the book: its text lies beside it (scripts/docs/llms.py).
(() => {
  const bar = document.querySelector('.right-buttons');
  const page = location.pathname.split('/').pop() || 'index.html';
  if (!bar || ['print.html', '404.html', 'toc.html'].includes(page)) return;
  const source = page.replace(/\.html$/, '.md');

  const link = document.createElement('a');
  link.href = source;
  link.textContent = 'Copy page as Markdown';
  link.style.padding = '0 1rem';
  link.addEventListener('click', async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(source);
      if (!answer.ok) throw new Error(answer.status);
      await navigator.clipboard.writeText(await answer.text());
      link.textContent = 'Copied';
      setTimeout(() => { link.textContent = 'Copy page as Markdown'; }, 2000);
    } catch {
      // A book that was opened as a file may not read others: the text is shown in place of copied.
      location.href = source;
    }
  });
  bar.prepend(link);
})();
